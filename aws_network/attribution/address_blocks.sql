-- Each distinct address that the narrowed rows still hold (IPv6, and own ones), and the smallest
-- block of the inventory around it.
--
--   written    each address once; '::' written out, as the zero groups that are missing of eight
--   address    the same as bits: 4 or 6, then a character a bit
--   beginning  its beginnings, of all lengths that blocks of its family have
--   (result)   the longest beginning that is a block: one hash join for all lengths

WITH written AS (
  SELECT
    address,
    replace(address, '::', concat(':', repeat('0:', 8 - size(split(address, ':')) + 1))) AS full,
    if(address LIKE '%:%', split(full, ':'), NULL) AS groups,
    split(address, '\\.') AS octets
  FROM (SELECT DISTINCT explode(array(own, peer)) AS address FROM {narrowed})
  WHERE address IS NOT NULL
),

address AS (
  -- Never NULL, or Spark would filter by it, and work all of this out once more for the filter.
  SELECT address, if(size(groups) = 8, 6, 4) AS family, coalesce(CASE
    WHEN size(groups) = 8 THEN concat('6',
      lpad(coalesce(conv(groups[0], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[1], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[2], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[3], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[4], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[5], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[6], 16, 2), '0'), 16, '0'),
      lpad(coalesce(conv(groups[7], 16, 2), '0'), 16, '0'))
    WHEN size(octets) = 4 THEN concat('4',
      lpad(bin(CAST(octets[0] AS INT)), 8, '0'),
      lpad(bin(CAST(octets[1] AS INT)), 8, '0'),
      lpad(bin(CAST(octets[2] AS INT)), 8, '0'),
      lpad(bin(CAST(octets[3] AS INT)), 8, '0'))
  END, '') AS bits
  FROM written
),

beginning AS (
  SELECT address, length, substring(bits, 1, length) AS bits
  FROM (
    SELECT *, explode(if(family = 6, array({ipv6_lengths}), array({ipv4_lengths}))) AS length
    FROM address
  )
)

SELECT /*+ BROADCAST(blocks) */ address, max_by(block, length) AS block
FROM beginning
JOIN {blocks} AS blocks ON blocks.bits = beginning.bits
GROUP BY address
