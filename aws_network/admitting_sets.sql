-- Which rules admitted, or may have admitted, the same requests, per day: each set of rules once.
--
-- A reading in doubt counts as one that holds: if it does, one of its rules must have stayed. A rule
-- may be named with its version, `sgr-...@...`; its versions of the day are one rule here.

SELECT
  day,
  array_join(array_distinct(transform(certain, key -> split_part(key, '@', 1))), ',') AS certain,
  array_join(array_distinct(transform(possible, key -> split_part(key, '@', 1))), ',') AS possible,
  is_known,
  requests
FROM (
  SELECT day, certain, possible, is_known, sum(requests) AS requests
  FROM (
    SELECT day, is_known, requests, array_sort(certain) AS certain, array_sort(possible) AS possible
    FROM (SELECT day, is_known, inline(concat(sure, doubted)) FROM {rows})
  )
  GROUP BY day, certain, possible, is_known
)
