-- The requests of a window: rows of sg_observed_requests_daily, added up over its days.
--
--   summed     each different row once
--   sized      `is_large`: of sets of rules with more than {most} different rows
--   blocks     those with the /8 around IPv4 peers; IPv6 blocks are blocks that rules name, so they do
--              not grow with the traffic
--   (result)   what is large has a row for each protocol and block, which holds all of its rows there

WITH summed AS (
  SELECT
    certain, possible, is_known, is_proven, protocol, from_port, to_port, peers, peer_groups,
    sum(requests) AS requests, max(day) AS last_day
  FROM {daily}
  GROUP BY certain, possible, is_known, is_proven, protocol, from_port, to_port, peers, peer_groups
),

sized AS (
  SELECT *, count(*) OVER (PARTITION BY certain, possible, is_known, is_proven) > {most} AS is_large
  FROM summed
),

blocks AS (
  SELECT
    *,
    if(is_large, NULL, from_port) AS own_from_port,
    if(is_large, NULL, to_port) AS own_to_port,
    if(is_large, NULL, peer_groups) AS own_groups,
    if(is_large AND peers NOT LIKE '%:%' AND CAST(split_part(peers, '/', 2) AS INT) > 8,
      concat(split_part(peers, '.', 1), '.0.0.0/8'), peers) AS block
  FROM sized
)

SELECT
  certain, possible, is_known, is_proven, protocol,
  min(from_port) AS from_port,
  max(to_port) AS to_port,
  block AS peers,
  array_join(array_sort(aggregate(
    collect_set(split(peer_groups, ',')), first(split(peer_groups, ',')),
    (common, groups) -> array_intersect(common, groups))), ',') AS peer_groups,
  sum(requests) AS requests,
  max(last_day) AS last_day
FROM blocks
GROUP BY certain, possible, is_known, is_proven, protocol, block, own_from_port, own_to_port, own_groups
ORDER BY certain, possible, is_known, is_proven, protocol, from_port, to_port, peers, peer_groups
