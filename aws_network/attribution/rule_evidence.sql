-- What each rule admitted or may have admitted, per day: hulls of the service ports and of the peers.
-- A row per rule, protocol, ports that rules treat alike, and area or block of the peers.

SELECT
  day, rule_key, protocol,
  min(from_port) AS from_port,
  max(to_port) AS to_port,
  block,
  min(first_peer) AS first_peer,
  max(last_peer) AS last_peer,
  array_join(array_sort(aggregate(
    collect_set(peer_groups), first(peer_groups),
    (common, groups) -> array_intersect(common, groups))), ',')
    AS peer_groups,
  sum(requests) AS requests
FROM (
  SELECT *, explode(concat(certain, possible)) AS rule_key
  FROM {requests}
)
GROUP BY day, rule_key, protocol, range_from, block, area
