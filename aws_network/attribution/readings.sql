-- Each row once per way to read it: who asked whom, on which ports (inclusive).
--
-- The opener known or inferred, there is one reading; to an inferred one the opposite is kept as
-- the fallback, for the case that no rule admits it. The opener unknown, there are two.

SELECT
  row_id, era, interface_key, vpc_id, is_known, both_sides, protocol, opener, heard, own_block,
  peer_block, way.*
FROM (
  SELECT *, explode(filter(
    array(
      named_struct(
        'direction', 'ingress', 'from_port', own_from, 'to_port', own_to,
        'lowest_port', own_lowest, 'highest_port', own_highest,
        'requests', records_in, 'is_fallback', opener = 'egress',
        'is_shared', own_port_shared AND NOT peer_port_shared),
      named_struct(
        'direction', 'egress', 'from_port', peer_from, 'to_port', peer_to,
        'lowest_port', peer_lowest, 'highest_port', peer_highest,
        'requests', records_out, 'is_fallback', opener = 'ingress',
        'is_shared', peer_port_shared AND NOT own_port_shared)
    ),
    way -> NOT way.is_fallback OR evidence = 'inferred'
  )) AS way
  FROM {rows}
)
