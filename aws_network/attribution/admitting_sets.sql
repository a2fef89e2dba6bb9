-- Which rules admitted, or may have admitted, the same requests, per day: each set of rules once. A
-- rule is named with its version, `sgr-...@...`: what an earlier one admitted does not cover others.

SELECT
  day,
  array_join(certain, ',') AS certain,
  array_join(possible, ',') AS possible,
  is_known,
  sum(requests) AS requests
FROM {requests}
GROUP BY day, certain, possible, is_known
