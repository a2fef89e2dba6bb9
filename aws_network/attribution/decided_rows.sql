-- Which candidate of each row holds, and how sure that is.
--
--   refused    the peer checks that no interface at the other end would have admitted
--   judged     each candidate with the rules that admit it
--   weighed    the admitted candidates of each row as an array
--   decided    each row with what becomes of its candidates, step by step
--   (result)   each row with `sure`, the one candidate that holds, or none; `doubted`, those that
--              may hold; `is_unexplained`: no rule that we know admits what most likely happened;
--              and `shakes_interface`: so sure is that, that the groups of the interface are in doubt
--
-- A candidate holds only if a rule admits it. Of two, one falls when the other end would not have
-- let it out, or not in; the latter only if the other end sent anything, for what we send is
-- accepted here even if it is refused there. Then one falls when the other's port is the one that
-- many peers share. All this decides what is credited. It clears nothing: what falls stays in doubt,
-- unless flags prove who opened the conversation, or its ports leave no reasonable doubt
-- (docs/decisions/0006-what-leaves-no-doubt.md).

WITH refused AS (
  SELECT /*+ BROADCAST(other) */
    asked.inventory_id AS inventory_id, asked.vpc_id AS vpc_id, asked.direction AS direction,
    asked.protocol AS protocol, asked.from_port AS from_port, asked.to_port AS to_port,
    asked.own_block AS own_block, asked.peer_block AS peer_block
  FROM {peer_checks} AS asked
  JOIN {interface_blocks} AS other
    ON other.inventory_id = asked.inventory_id AND other.vpc_id = asked.vpc_id
    AND other.block = peer_block
  LEFT JOIN {admissions} AS there
    ON there.inventory_id = asked.inventory_id AND there.interface_key = other.interface_id
    AND there.direction <> asked.direction AND there.protocol = asked.protocol
    AND there.from_port = asked.from_port AND there.to_port = asked.to_port
    AND there.block = asked.own_block
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  HAVING NOT bool_or(there.certain IS NOT NULL)
),

judged AS (
  SELECT
    candidates.*,
    here.certain,
    here.possible,
    refused.inventory_id IS NOT NULL AND (candidates.direction = 'ingress' OR heard) AS is_refused
  FROM {candidates} AS candidates
  LEFT JOIN {admissions} AS here
    ON here.inventory_id = candidates.inventory_id
    AND here.interface_key = candidates.interface_key
    AND here.direction = candidates.direction AND here.protocol = candidates.protocol
    AND here.from_port = candidates.from_port AND here.to_port = candidates.to_port
    AND here.block = candidates.peer_block
  LEFT JOIN refused
    ON refused.inventory_id = candidates.inventory_id AND refused.vpc_id = candidates.vpc_id
    AND refused.direction = candidates.direction AND refused.protocol = candidates.protocol
    AND refused.from_port = candidates.from_port AND refused.to_port = candidates.to_port
    AND refused.own_block = candidates.own_block AND refused.peer_block = candidates.peer_block
    AND candidates.opener = 'unknown' AND candidates.is_known AND NOT candidates.both_sides
),

weighed AS (
  SELECT
    row_id,
    filter(
      collect_list(struct(
        direction, from_port, to_port, lowest_port, highest_port, requests, is_opposite, is_shared,
        is_refused, certain, possible)),
      candidate -> candidate.certain IS NOT NULL) AS admitted
  FROM judged
  GROUP BY row_id
),

decided AS (
  SELECT
    rows.*,
    admitted,
    filter(admitted, candidate -> NOT candidate.is_opposite) AS proper,
    filter(proper, candidate -> NOT candidate.is_refused) AS let_through,
    if(size(let_through) > 0, let_through, proper) AS remaining,
    filter(remaining, candidate -> candidate.is_shared) AS by_port,
    CASE
      WHEN size(proper) = 0 THEN admitted
      WHEN size(remaining) = 2 AND size(by_port) = 1 THEN by_port
      ELSE remaining
    END AS chosen,
    -- An error that comes back is accepted without a rule, and a datagram out of the blue looks like
    -- a reply: with packets one way alone, nobody knows who asked.
    is_one_way AND (
      protocol IN (1, 58)
      OR protocol = 17 AND evidence <> 'observed' AND size(admitted) > 1) AS is_open,
    is_known AND NOT both_sides AND NOT is_open AND size(proper) > 0 AND size(chosen) = 1
      AND exists(chosen, candidate -> size(candidate.certain) > 0) AS is_sure,
    if(is_sure, chosen, filter(chosen, candidate -> FALSE)) AS sure,
    CASE
      WHEN NOT is_sure THEN if(evidence IN ('observed', 'beyond_doubt'), chosen, admitted)
      WHEN evidence IN ('observed', 'beyond_doubt') THEN filter(chosen, candidate -> FALSE)
      ELSE filter(admitted, candidate -> candidate.direction <> chosen[0].direction)
    END AS doubted
  FROM {rows} AS rows
  JOIN weighed ON weighed.row_id = rows.row_id
)

SELECT
  row_id, day, inventory_id, account_id, region, interface_id, vpc_id, is_known, has_groups,
  protocol, is_one_way, peer_block, first_peer, last_peer, records_in, records_out, sure, doubted,
  is_known AND has_groups AND size(proper) = 0 AS is_unexplained,
  is_known AND has_groups AND size(proper) = 0 AND NOT (protocol IN (1, 58) AND is_one_way)
    AND (size(admitted) = 0 OR evidence IN ('observed', 'beyond_doubt')) AS shakes_interface
FROM decided
