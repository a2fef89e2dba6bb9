-- The accepted rows of the flow-log query, placed on the interfaces of the inventory.
--
--   accepted        the rows, with their era, and the interface or the stand-in for unknown ones
--   placed          each row with blocks for addresses and port ranges for ports
--   faced           rows whose sides the query had to guess are turned; where the inventory does
--                   not tell either, the row is there twice, its records counted once
--   (result)        rows that no rule can tell apart, as one
--
-- Names in braces are DataFrames of MatchFrames, or values.

WITH accepted AS (
  SELECT /*+ BROADCAST(days, known) */
    flows.*,
    days.era,
    known.interface_id IS NOT NULL AS is_known,
    coalesce(known.has_groups, TRUE) AS has_groups,
    known.vpc_id,
    coalesce(
      known.interface_id,
      concat_ws('/', '{unknown}', delivery_account, delivery_region)
    ) AS carrier
  FROM {flows} AS flows
  JOIN {days} AS days ON days.day = flows.day
  LEFT JOIN {interfaces} AS known
    ON known.era = days.era AND known.interface_id = flows.interface_id
  WHERE outcome = 'accepted'
),

-- A port that the query dropped, since the other side's was the service, was from 1024 up.
placed AS (
  SELECT /*+ BROADCAST(own_floor, peer_floor, own_shared, peer_shared) */
    accepted.*,
    own_is.block AS own_block,
    peer_is.block AS peer_block,
    CASE WHEN protocol IN (6, 17) THEN coalesce(own_floor.floor, 1024) ELSE 0 END AS own_from,
    CASE WHEN protocol IN (6, 17) THEN coalesce(own_floor.floor, 65535) ELSE 65535 END AS own_to,
    CASE WHEN protocol IN (6, 17) THEN coalesce(peer_floor.floor, 1024) ELSE 0 END AS peer_from,
    CASE WHEN protocol IN (6, 17) THEN coalesce(peer_floor.floor, 65535) ELSE 65535 END AS peer_to,
    opener = 'unknown' AND own_shared.port IS NOT NULL AS own_port_shared,
    opener = 'unknown' AND peer_shared.port IS NOT NULL AS peer_port_shared
  FROM accepted
  LEFT JOIN {address_blocks} AS own_is ON own_is.address = own
  LEFT JOIN {address_blocks} AS peer_is ON peer_is.address = peer
  LEFT JOIN {floors} AS own_floor ON own_floor.port = own_port
  LEFT JOIN {floors} AS peer_floor ON peer_floor.port = peer_port
  LEFT JOIN {shared_ports} AS own_shared
    ON own_shared.side = 'own' AND own_shared.day = accepted.day
    AND own_shared.interface_id = accepted.interface_id AND own_shared.port = own_port
    AND protocol = 6
  LEFT JOIN {shared_ports} AS peer_shared
    ON peer_shared.side = 'peer' AND peer_shared.day = accepted.day
    AND peer_shared.interface_id = accepted.interface_id AND peer_shared.port = peer_port
    AND protocol = 6
),

faced AS (
  SELECT /*+ BROADCAST(own_of, peer_of) */
    placed.*,
    NOT is_sided AND (own_of.block IS NULL) = (peer_of.block IS NULL) AS both_sides,
    explode(CASE
      WHEN is_sided OR own_of.block IS NOT NULL AND peer_of.block IS NULL THEN array(FALSE)
      WHEN own_of.block IS NULL AND peer_of.block IS NOT NULL THEN array(TRUE)
      ELSE array(FALSE, TRUE)
    END) AS turn
  FROM placed
  LEFT JOIN {interface_blocks} AS own_of
    ON NOT is_sided AND own_of.era = placed.era
    AND own_of.interface_id = placed.interface_id AND own_of.block = own_block
  LEFT JOIN {interface_blocks} AS peer_of
    ON NOT is_sided AND peer_of.era = placed.era
    AND peer_of.interface_id = placed.interface_id AND peer_of.block = peer_block
),

turned AS (
  SELECT
    day, era, delivery_account AS account_id, delivery_region AS region, interface_id, carrier,
    vpc_id, is_known, has_groups, both_sides, protocol, evidence,
    CASE
      WHEN NOT turn OR opener = 'unknown' THEN opener
      WHEN opener = 'ingress' THEN 'egress'
      ELSE 'ingress'
    END AS opener,
    evidence = 'inferred' AND if(opener = 'ingress', records_in, records_out) = 0 AS replies_alone,
    if(turn, peer_block, own_block) AS own_block,
    if(turn, own_block, peer_block) AS peer_block,
    if(turn, peer_from, own_from) AS own_from,
    if(turn, peer_to, own_to) AS own_to,
    if(turn, own_from, peer_from) AS peer_from,
    if(turn, own_to, peer_to) AS peer_to,
    own_port_shared, peer_port_shared,
    if(turn, records_out, records_in) AS records_in,
    if(turn, records_in, records_out) AS records_out,
    turn AND both_sides AS is_copy
  FROM faced
)

SELECT
  day, era, account_id, region, interface_id, carrier, vpc_id, is_known, has_groups, both_sides,
  protocol, opener, evidence, replies_alone,
  -- Did the peer send anything? If not, nobody knows whether it was reached.
  opener = 'unknown' AND records_in > 0 AS heard,
  -- Where the opener is known, the own address decides nothing any more.
  if(opener = 'unknown', own_block, NULL) AS own_block,
  peer_block, own_from, own_to, peer_from, peer_to, own_port_shared, peer_port_shared,
  sum(if(is_copy, 0, records_in)) AS records_in,
  sum(if(is_copy, 0, records_out)) AS records_out
FROM turned
GROUP BY ALL
