-- Which rules admitted, or may have admitted, the same requests, per day: each set of rules once.
--
-- A candidate in doubt counts as one that holds: if it does, one of its rules must have stayed. A rule
-- is named with its version, `sgr-...@...`: what an earlier one admitted does not cover other rules.

SELECT
  day,
  array_join(certain, ',') AS certain,
  array_join(possible, ',') AS possible,
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
