-- Which readings of each row hold, and how sure that is.
--
--   refused    the exchanges that no interface at the other end would have admitted
--   judged     each reading with the rules that admit it
--   weighed    the admitted readings of each row as an array
--   decided    each row with what becomes of its readings, step by step
--   (result)   each row with `sure`, the one reading that holds beyond doubt (or none), and
--              `doubted`, those that may hold
--
-- A reading holds only if a rule admits it. Of two, one falls when the other end would not have let
-- it out, or not in; the latter only if the other end sent anything, for what we send is accepted
-- here even if it is refused there. Then one falls when the other's port is the one that many peers
-- share. What is left is in doubt; so is a fallback, the opposite of an inferred reading.

WITH refused AS (
  SELECT /*+ BROADCAST(other) */
    exchange.era AS era, exchange.vpc_id AS vpc_id, exchange.direction AS direction,
    exchange.protocol AS protocol, exchange.from_port AS from_port, exchange.to_port AS to_port,
    exchange.own_block AS own_block, exchange.peer_block AS peer_block
  FROM {exchanges} AS exchange
  JOIN {interface_blocks} AS other
    ON other.era = exchange.era AND other.vpc_id = exchange.vpc_id AND other.block = peer_block
  LEFT JOIN {answers} AS there
    ON there.era = exchange.era AND there.interface_key = other.interface_id
    AND there.direction <> exchange.direction AND there.protocol = exchange.protocol
    AND there.from_port = exchange.from_port AND there.to_port = exchange.to_port
    AND there.block = exchange.own_block
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  HAVING NOT bool_or(there.certain IS NOT NULL)
),

judged AS (
  SELECT
    readings.*,
    here.certain,
    here.possible,
    refused.era IS NOT NULL AND (readings.direction = 'ingress' OR heard) AS is_refused
  FROM {readings} AS readings
  LEFT JOIN {answers} AS here
    ON here.era = readings.era AND here.interface_key = readings.interface_key
    AND here.direction = readings.direction AND here.protocol = readings.protocol
    AND here.from_port = readings.from_port AND here.to_port = readings.to_port
    AND here.block = readings.peer_block
  LEFT JOIN refused
    ON refused.era = readings.era AND refused.vpc_id = readings.vpc_id
    AND refused.direction = readings.direction AND refused.protocol = readings.protocol
    AND refused.from_port = readings.from_port AND refused.to_port = readings.to_port
    AND refused.own_block = readings.own_block AND refused.peer_block = readings.peer_block
    AND readings.opener = 'unknown' AND readings.is_known AND NOT readings.both_sides
),

weighed AS (
  SELECT
    row_id,
    filter(
      collect_list(struct(
        direction, from_port, to_port, lowest_port, highest_port, requests, is_fallback, is_shared,
        is_refused, certain, possible)),
      reading -> reading.certain IS NOT NULL) AS admitted
  FROM judged
  GROUP BY row_id
),

decided AS (
  SELECT
    rows.*,
    filter(admitted, reading -> NOT reading.is_fallback) AS proper,
    filter(proper, reading -> NOT reading.is_refused) AS let_through,
    if(size(let_through) > 0, let_through, proper) AS remaining,
    filter(remaining, reading -> reading.is_shared) AS by_port,
    CASE
      WHEN size(proper) = 0 THEN admitted
      WHEN size(remaining) = 2 AND size(by_port) = 1 THEN by_port
      ELSE remaining
    END AS chosen,
    is_known AND NOT both_sides AND size(proper) > 0 AND size(chosen) = 1
      AND exists(chosen, reading -> size(reading.certain) > 0) AS is_sure,
    if(is_sure, chosen, filter(chosen, reading -> FALSE)) AS sure,
    -- A datagram out of the blue, sent from a service's port, looks like a reply.
    CASE
      WHEN NOT is_sure THEN chosen
      ELSE filter(
        admitted, reading -> reading.is_fallback AND protocol = 17 AND replies_alone)
    END AS doubted
  FROM {rows} AS rows
  JOIN weighed ON weighed.row_id = rows.row_id
)

SELECT
  day, era, account_id, region, interface_id, is_known, has_groups, protocol, peer_block,
  first_peer, last_peer, records_in, records_out, sure, doubted
FROM decided
