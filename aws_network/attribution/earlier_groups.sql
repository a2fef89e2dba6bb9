-- What groups that nobody carries any more may have admitted. On a day without a snapshot before it and
-- one after it, an interface may have carried a group that no interface carries in the snapshot that
-- there is. So the requests of a VPC are asked about these groups too, although rules of the present
-- groups admit them (docs/decisions/0008-groups-before-the-first-snapshot.md).
--
--   idle       groups that may be used in a VPC, and that no interface in use carries
--   asked      the distinct questions of such a day, by VPC. Interfaces without groups, such as those
--              of NAT gateways, never have any; unknown ones may carry any group as it is
--   (result)   a row for each question that rules of these groups admit, like those of decided_rows:
--              `sure` is empty, `doubted` holds these rules

WITH idle AS (
  SELECT usable.inventory_id, usable.vpc_id, usable.group_id
  FROM {interface_groups} AS usable
  LEFT ANTI JOIN (
    SELECT carried.inventory_id, carried.group_id
    FROM {interface_groups} AS carried
    JOIN {interfaces} AS interfaces
      ON interfaces.inventory_id = carried.inventory_id
      AND interfaces.interface_id = carried.interface_key
    WHERE interfaces.in_use
  ) AS busy
    ON busy.inventory_id = usable.inventory_id AND busy.group_id = usable.group_id
  WHERE usable.interface_key = concat('{unknown}/', usable.vpc_id)
),

asked AS (
  SELECT /*+ BROADCAST(days) */
    rows.day, rows.inventory_id, rows.vpc_id, rows.protocol, rows.peer_block,
    candidates.direction, candidates.from_port, candidates.to_port,
    min(candidates.lowest_port) AS lowest_port, max(candidates.highest_port) AS highest_port,
    if(count(rows.first_peer) = count(*), min(rows.first_peer), NULL) AS first_peer,
    if(count(rows.last_peer) = count(*), max(rows.last_peer), NULL) AS last_peer,
    sum(candidates.requests) AS requests
  FROM {candidates} AS candidates
  JOIN {rows} AS rows ON rows.row_id = candidates.row_id
  JOIN {days} AS days ON days.day = rows.day AND NOT days.is_bracketed
  WHERE rows.is_known AND rows.has_groups
    AND NOT (candidates.is_opposite AND rows.evidence = 'beyond_doubt')
  GROUP BY ALL
),

found AS (
  SELECT /*+ BROADCAST(idle, labels, terms) */ asked.*, collect_set(terms.rule_key) AS possible
  FROM asked
  JOIN idle ON idle.inventory_id = asked.inventory_id AND idle.vpc_id = asked.vpc_id
  JOIN {labels} AS labels
    ON labels.inventory_id = asked.inventory_id AND labels.block = asked.peer_block
  JOIN {terms} AS terms
    ON terms.inventory_id = asked.inventory_id AND terms.group_id = idle.group_id
    AND terms.direction = asked.direction AND terms.label = labels.label
  WHERE terms.protocol IN (-1, asked.protocol)
    AND terms.from_port <= asked.to_port AND terms.to_port >= asked.from_port
    AND (terms.vpc_id IS NULL OR terms.vpc_id = asked.vpc_id)
  GROUP BY ALL
)

SELECT
  day, inventory_id, TRUE AS is_known, protocol, peer_block, first_peer, last_peer,
  filter(array(candidate), each -> FALSE) AS sure,
  array(candidate) AS doubted
FROM (
  SELECT
    *,
    struct(
      direction, from_port, to_port, lowest_port, highest_port, requests, FALSE AS is_opposite,
      FALSE AS is_shared, FALSE AS is_refused, filter(possible, key -> FALSE) AS certain, possible
    ) AS candidate
  FROM found
)
