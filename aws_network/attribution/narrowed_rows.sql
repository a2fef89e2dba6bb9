-- The accepted rows of the flow-log query, with blocks for IPv4 peers and ranges for ports; what is
-- alike then is one row. This alone is work for every row, so it joins nothing but what is small.
--
--   accepted   the rows that no other flow log records as well, the peer's IPv4 address as numbers
--   walked     the five look-ups in the array of ipv4_trie.py; each finds a node, or the block (~)
--   ranged     the lowest of the ports that rules treat alike; -32768 is the query's word for any
--              port from there up
--   (result)   `ipv4_block` is the peer's; `own` and `peer` are addresses that are still to be found
--
-- Own and peer ports and the peers' addresses go along as hulls, `lowest` to `highest`: evidence of
-- what was there, beside what rules tell apart.
--
-- Names in braces are DataFrames of MatchFrames, or values.

WITH accepted AS (
  SELECT /*+ BROADCAST(log, repeated) */
    flows.*,
    coalesce(flows.vpc_id, log.vpc_id) AS logged_vpc,
    repeated.flow_log_id IS NOT NULL AS is_repeat,
    split(peer, '\\.') AS octets,
    CAST(octets[0] AS INT) AS first,
    CAST(octets[1] AS INT) AS second,
    CAST(octets[2] AS INT) AS third,
    CAST(octets[3] AS INT) AS fourth,
    size(octets) = 4 AND greatest(first, second, third, fourth) < 256 AS is_ipv4,
    -- As a number, for evidence: what the peers of a row lie between.
    if(is_ipv4, 16777216L * first + 65536 * second + 256 * third + fourth, NULL) AS peer_number
  FROM {flows} AS flows
  LEFT JOIN {flow_log_vpcs} AS log ON log.flow_log_id = flows.flow_log_id
  LEFT JOIN {repeats} AS repeated
    ON repeated.day = flows.day AND repeated.interface_id = flows.interface_id
    AND repeated.flow_log_id = flows.flow_log_id
  WHERE outcome = 'accepted' AND NOT coalesce(repeated.is_whole, FALSE)
),

walked AS (
  SELECT
    *,
    get((SELECT trie FROM {arrays}), if(is_ipv4, 256 * first + second, NULL)) AS at_16,
    if(at_16 < 0, at_16, get((SELECT trie FROM {arrays}), at_16 + shiftright(third, 4))) AS at_20,
    if(at_20 < 0, at_20, get((SELECT trie FROM {arrays}), at_20 + (third & 15))) AS at_24,
    if(at_24 < 0, at_24, get((SELECT trie FROM {arrays}), at_24 + shiftright(fourth, 4))) AS at_28,
    if(at_28 < 0, at_28, get((SELECT trie FROM {arrays}), at_28 + (fourth & 15))) AS at_32
  FROM accepted
),

ranged AS (
  SELECT /*+ BROADCAST(own_shared, peer_shared) */
    walked.*,
    get((SELECT floors FROM {arrays}), abs(own_port)) AS own_floor,
    get((SELECT floors FROM {arrays}), abs(peer_port)) AS peer_floor,
    own_shared.port IS NOT NULL AS own_port_shared,
    peer_shared.port IS NOT NULL AS peer_port_shared
  FROM walked
  -- A key that is NULL costs no look-up.
  LEFT JOIN {shared_ports} AS own_shared
    ON own_shared.side = 'own' AND own_shared.day = walked.day
    AND own_shared.interface_id = walked.interface_id
    AND own_shared.port = if(opener = 'unknown' AND protocol = 6, own_port, NULL)
  LEFT JOIN {shared_ports} AS peer_shared
    ON peer_shared.side = 'peer' AND peer_shared.day = walked.day
    AND peer_shared.interface_id = walked.interface_id
    AND peer_shared.port = if(opener = 'unknown' AND protocol = 6, peer_port, NULL)
)

SELECT
  day, delivery_account, delivery_region, interface_id,
  logged_vpc AS vpc_id, is_repeat, is_sided, protocol, opener, evidence, own,
  if(at_32 IS NULL, peer, NULL) AS peer,
  ~at_32 AS ipv4_block,
  own_floor,
  peer_floor,
  if(own_port < 0, 65535, own_floor) AS own_ceiling,
  if(peer_port < 0, 65535, peer_floor) AS peer_ceiling,
  own_port_shared,
  peer_port_shared,
  protocol IN (1, 17, 58) AND least(records_in, records_out) = 0 AS is_one_way,
  opener = 'unknown' AND records_in > 0 AS heard_peer,
  opener = 'unknown' AND records_out > 0 AND NOT is_sided AS heard_own,
  -- Evidence: what the ports and IPv4 peers of the row really were, as far as the query tells.
  min(coalesce(abs(own_port), 1024)) AS own_lowest,
  max(if(own_port >= 0, own_port, 65535)) AS own_highest,
  min(coalesce(abs(peer_port), 1024)) AS peer_lowest,
  max(if(peer_port >= 0, peer_port, 65535)) AS peer_highest,
  min(peer_number) AS first_peer,
  max(peer_number) AS last_peer,
  sum(records_in) AS records_in,
  sum(records_out) AS records_out
FROM ranged
GROUP BY ALL
