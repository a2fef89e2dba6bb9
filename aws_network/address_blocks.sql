-- Each distinct address of the accepted rows, and the smallest block of the inventory around it.
--
--   address    each address once, as bits: 4 or 6, then a character a bit
--   (result)   its longest beginning that is a block: one hash join for all lengths that occur

WITH address AS (
  SELECT address, CASE
    -- '::' stands for as many zero groups as are missing of eight.
    WHEN address LIKE '%:%' THEN concat('6', array_join(transform(
      concat(
        filter(split(split(address, '::')[0], ':'), x -> x <> ''),
        array_repeat('0', 8
          - size(filter(split(split(address, '::')[0], ':'), x -> x <> ''))
          - size(filter(split(coalesce(get(split(address, '::'), 1), ''), ':'), x -> x <> ''))),
        filter(split(coalesce(get(split(address, '::'), 1), ''), ':'), x -> x <> '')
      ), x -> lpad(conv(x, 16, 2), 16, '0')), ''))
    WHEN address RLIKE '^[0-9]{{1,3}}([.][0-9]{{1,3}}){{3}}$' THEN concat('4', array_join(
      transform(split(address, '[.]'), x -> lpad(bin(CAST(x AS INT)), 8, '0')), ''))
  END AS bits
  FROM (
    SELECT DISTINCT explode(array(own, peer)) AS address FROM {flows} WHERE outcome = 'accepted'
  )
  WHERE address IS NOT NULL
)

SELECT /*+ BROADCAST(blocks) */ address, max_by(block, length(block)) AS block
FROM (
  SELECT address, explode(array_distinct(transform(
    array({lengths}), n -> substring(bits, 1, n)))) AS block
  FROM address
)
JOIN {blocks} AS blocks USING (block)
GROUP BY address
