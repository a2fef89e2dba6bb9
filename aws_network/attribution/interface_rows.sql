-- The narrowed rows, placed on the interfaces of the inventory.
--
--   ranged          each row with the first and last of its ports that rules treat alike
--   placed          the same with its inventory, the interface or the stand-in for unknown ones,
--                   and blocks for the addresses
--   faced           rows whose sides the query had to guess are turned; where the inventory does
--                   not tell either, the row is there twice, its records counted once
--   (result)        rows that no rule can tell apart, as one
--
-- Names in braces are DataFrames of MatchFrames, or values.

WITH ranged AS (
  SELECT
    *,
    protocol IN (6, 17) AS has_ports,
    -- A port that the query dropped, since the other side's was the service, was from 1024 up.
    if(has_ports, coalesce(own_floor, 1024), 0) AS own_from,
    if(has_ports, coalesce(own_ceiling, 65535), 65535) AS own_to,
    if(has_ports, coalesce(peer_floor, 1024), 0) AS peer_from,
    if(has_ports, coalesce(peer_ceiling, 65535), 65535) AS peer_to
  FROM {narrowed}
),

placed AS (
  SELECT /*+ BROADCAST(days, known) */
    ranged.*,
    days.inventory_id,
    known.interface_id IS NOT NULL AS is_known,
    coalesce(known.has_groups, TRUE) AS has_groups,
    coalesce(known.vpc_id, ranged.vpc_id) AS vpc_of_interface,
    coalesce(
      known.interface_id,
      concat('{unknown}/', ranged.vpc_id),
      concat_ws('/', '{unknown}', delivery_account, delivery_region)
    ) AS interface_key,
    own_is.block AS own_block,
    coalesce(ipv4_block, peer_is.block) AS peer_block
  FROM ranged
  JOIN {days} AS days ON days.day = ranged.day
  LEFT JOIN {interfaces} AS known
    ON known.inventory_id = days.inventory_id AND known.interface_id = ranged.interface_id
  LEFT JOIN {address_blocks} AS own_is ON own_is.address = own
  LEFT JOIN {address_blocks} AS peer_is ON peer_is.address = peer
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
    ON NOT is_sided AND own_of.inventory_id = placed.inventory_id
    AND own_of.interface_id = placed.interface_id AND own_of.block = own_block
  LEFT JOIN {interface_blocks} AS peer_of
    ON NOT is_sided AND peer_of.inventory_id = placed.inventory_id
    AND peer_of.interface_id = placed.interface_id AND peer_of.block = peer_block
),

turned AS (
  SELECT
    day, inventory_id, delivery_account AS account_id, delivery_region AS region, interface_id,
    interface_key, vpc_of_interface AS vpc_id, is_known, has_groups, both_sides, protocol, evidence,
    CASE
      WHEN NOT turn OR opener = 'unknown' THEN opener
      WHEN opener = 'ingress' THEN 'egress'
      ELSE 'ingress'
    END AS opener,
    is_one_way, is_repeat,
    if(turn, peer_block, own_block) AS own_block,
    if(turn, own_block, peer_block) AS peer_block,
    if(turn, peer_from, own_from) AS own_from,
    if(turn, peer_to, own_to) AS own_to,
    if(turn, own_from, peer_from) AS peer_from,
    if(turn, own_to, peer_to) AS peer_to,
    if(turn, peer_lowest, own_lowest) AS own_lowest,
    if(turn, peer_highest, own_highest) AS own_highest,
    if(turn, own_lowest, peer_lowest) AS peer_lowest,
    if(turn, own_highest, peer_highest) AS peer_highest,
    -- Of the own address there is only the block.
    if(turn, NULL, first_peer) AS first_peer,
    if(turn, NULL, last_peer) AS last_peer,
    own_port_shared, peer_port_shared,
    if(turn, heard_own, heard_peer) AS heard,
    if(turn, records_out, records_in) AS records_in,
    if(turn, records_in, records_out) AS records_out,
    turn AND both_sides AS is_copy
  FROM faced
)

SELECT
  day, inventory_id, account_id, region, interface_id, interface_key, vpc_id, is_known, has_groups,
  both_sides, protocol, opener, evidence, is_one_way, is_repeat,
  -- Did the peer send anything? If not, nobody knows whether it was reached.
  heard,
  -- Where the opener is known, the own address decides nothing any more.
  if(opener = 'unknown', own_block, NULL) AS own_block,
  peer_block, own_from, own_to, peer_from, peer_to, own_port_shared, peer_port_shared,
  min(own_lowest) AS own_lowest, max(own_highest) AS own_highest,
  min(peer_lowest) AS peer_lowest, max(peer_highest) AS peer_highest,
  -- NULL where one of the peers is not told: then the block is all there is.
  if(count(first_peer) = count(*), min(first_peer), NULL) AS first_peer,
  if(count(last_peer) = count(*), max(last_peer), NULL) AS last_peer,
  sum(if(is_copy, 0, records_in)) AS records_in,
  sum(if(is_copy, 0, records_out)) AS records_out
FROM turned
GROUP BY ALL
