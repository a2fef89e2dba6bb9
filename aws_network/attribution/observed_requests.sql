-- What was requested, and which rules admitted it or may have, per day: hulls of the service ports and
-- of the peers.
--
--   read       each candidate that holds or may hold; `is_proven` if no other may
--   admitted   the same with the rules that admit it, and where its peers are. IPv4 peers by the part of the address space they lie in
--              (`area`), so that two far ends of it do not make one hull of all that is in between;
--              peers of which no number is known by their block
--   (result)   a row per sets of rules, proof, protocol, ports that rules treat alike, and area or block
--
-- `peer_groups` are the groups of which all the peers were members. A rule is named with its version,
-- `sgr-...@...`.

WITH read AS (
  SELECT
    day, inventory_id, is_known, size(doubted) = 0 AS is_proven, protocol, peer_block, first_peer,
    last_peer, inline(sure)
  FROM {rows}
  UNION ALL
  SELECT
    day, inventory_id, is_known, FALSE, protocol, peer_block, first_peer, last_peer, inline(doubted)
  FROM {rows}
),

admitted AS (
  SELECT
    day, inventory_id, is_known, is_proven, protocol, peer_block, first_peer, last_peer, from_port, to_port,
    lowest_port, highest_port, requests,
    array_sort(certain) AS certain, array_sort(possible) AS possible,
    if(first_peer IS NULL, peer_block, NULL) AS block,
    -- A /16 of private space, a /8 of the rest.
    CASE
      WHEN first_peer IS NULL THEN NULL
      WHEN shiftright(first_peer, 16) = shiftright(last_peer, 16) AND (
        shiftright(first_peer, 24) = 10 OR shiftright(first_peer, 20) = 2753
        OR shiftright(first_peer, 16) = 49320) THEN shiftright(first_peer, 16)
      WHEN shiftright(first_peer, 24) = shiftright(last_peer, 24) THEN shiftright(first_peer, 24)
      ELSE -1
    END AS area
  FROM read
),

hulls AS (
  SELECT /*+ BROADCAST(member) */
    day, certain, possible, is_known, is_proven, protocol, admitted.from_port AS range_from,
    admitted.block, area,
    min(lowest_port) AS from_port,
    max(highest_port) AS to_port,
    min(first_peer) AS first_peer,
    max(last_peer) AS last_peer,
    collect_set(coalesce(member.peer_groups, array())) AS memberships,
    sum(requests) AS requests
  FROM admitted
  LEFT JOIN {block_groups} AS member
    ON member.inventory_id = admitted.inventory_id AND member.block = admitted.peer_block
  GROUP BY
    day, certain, possible, is_known, is_proven, protocol, admitted.from_port, admitted.to_port,
    admitted.block, area
)

SELECT
  day, certain, possible, is_known, is_proven, protocol, range_from, block, area,
  if(protocol IN (6, 17), from_port, 0) AS from_port,
  if(protocol IN (6, 17), to_port, 65535) AS to_port,
  first_peer, last_peer,
  aggregate(memberships, memberships[0], (common, groups) -> array_intersect(common, groups))
    AS peer_groups,
  requests
FROM hulls
