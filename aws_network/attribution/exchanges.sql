-- The readings that the interface at the other end may know more of: those of rows that nothing else
-- decides.

SELECT DISTINCT era, vpc_id, direction, protocol, from_port, to_port, own_block, peer_block
FROM {readings}
WHERE opener = 'unknown' AND is_known AND NOT both_sides
