-- Each row once per candidate: a way to read it as a request, who asked whom, on which ports
-- (inclusive).
--
-- Where the opener is proven, there is one candidate. Where it was inferred, the opposite is kept
-- too (`is_opposite`). Where it is unknown, there are two of equal standing.
-- The records of a flow log that repeats another one count as no requests: see flow_log_repeats.

SELECT
  row_id, day, inventory_id, interface_id, interface_key, vpc_id, is_known, both_sides, protocol,
  opener, heard, own_block, peer_block, way.*
FROM (
  SELECT *, explode(filter(
    array(
      named_struct(
        'direction', 'ingress', 'from_port', own_from, 'to_port', own_to,
        'lowest_port', own_lowest, 'highest_port', own_highest,
        'requests', if(is_repeat, 0L, records_in), 'is_opposite', opener = 'egress',
        'is_shared', own_port_shared AND NOT peer_port_shared),
      named_struct(
        'direction', 'egress', 'from_port', peer_from, 'to_port', peer_to,
        'lowest_port', peer_lowest, 'highest_port', peer_highest,
        'requests', if(is_repeat, 0L, records_out), 'is_opposite', opener = 'ingress',
        'is_shared', peer_port_shared AND NOT own_port_shared)
    ),
    way -> NOT way.is_opposite OR evidence <> 'observed'
  )) AS way
  FROM {rows}
)
