-- The candidates of which the interface at the other end may know more: those of rows that nothing
-- else decides.

SELECT DISTINCT
  inventory_id, vpc_id, direction, protocol, from_port, to_port, own_block, peer_block
FROM {candidates}
WHERE opener = 'unknown' AND is_known AND NOT both_sides
