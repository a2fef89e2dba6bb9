-- Accepted traffic always has a cause. Where no rule that we know admits a row, our picture is wrong:
-- of the groups of the interface, the members of a group, or the entries of a prefix list. So the row
-- is read again with each of these errors, and so are all rows of its interface on that day with
-- other groups, since groups that are wrong for one row are wrong for all.
--
--   shaken     interfaces, by day, with a row that nothing explains. An ICMP error that comes back
--              is accepted without a rule, so packets of ICMP one way alone put nothing in doubt.
--   asked      the candidates of these rows; `is_wide`: of the row itself that nothing explains
--   possible   the rules of all groups that may be used in the VPC that would have admitted it: with
--              the sources as we know them, or, for the row itself, with any member and any entry
--   (result)   row_id, and `doubted`: as in decided_rows, of these rules alone

WITH shaken AS (
  SELECT DISTINCT day, interface_id
  FROM {rows}
  WHERE shakes_interface
),

asked AS (
  SELECT /*+ BROADCAST(shaken) */
    candidates.*,
    concat('{unknown}/', candidates.vpc_id) AS all_groups,
    rows.is_unexplained AS is_wide,
    rows.known_keys
  FROM {candidates} AS candidates
  JOIN (
    SELECT
      row_id, is_unexplained,
      flatten(transform(concat(sure, doubted), c -> concat(c.certain, c.possible))) AS known_keys
    FROM {rows}
  ) AS rows ON rows.row_id = candidates.row_id
  LEFT JOIN shaken
    ON shaken.day = candidates.day AND shaken.interface_id = candidates.interface_id
  WHERE candidates.is_known AND (rows.is_unexplained OR shaken.day IS NOT NULL)
),

possible AS (
  SELECT /*+ BROADCAST(carried, labels, terms) */ asked.*, rule_key
  FROM asked
  JOIN {interface_groups} AS carried
    ON carried.inventory_id = asked.inventory_id AND carried.interface_key = asked.all_groups
  JOIN {labels} AS labels
    ON labels.inventory_id = asked.inventory_id AND labels.block = asked.peer_block
  JOIN {terms} AS terms
    ON terms.inventory_id = asked.inventory_id AND terms.group_id = carried.group_id
    AND terms.direction = asked.direction AND terms.label = labels.label
  WHERE terms.protocol IN (-1, asked.protocol)
    AND terms.from_port <= asked.to_port AND terms.to_port >= asked.from_port
    AND (terms.vpc_id IS NULL OR terms.vpc_id = asked.vpc_id)
  UNION
  SELECT /*+ BROADCAST(carried, terms) */ asked.*, rule_key
  FROM asked
  JOIN {interface_groups} AS carried
    ON carried.inventory_id = asked.inventory_id AND carried.interface_key = asked.all_groups
  JOIN {terms} AS terms
    ON terms.inventory_id = asked.inventory_id AND terms.group_id = carried.group_id
    AND terms.direction = asked.direction
  WHERE asked.is_wide AND terms.changes
    AND terms.protocol IN (-1, asked.protocol)
    AND terms.from_port <= asked.to_port AND terms.to_port >= asked.from_port
),

found AS (
  SELECT
    row_id, direction, from_port, to_port, lowest_port, highest_port, requests, is_opposite,
    is_shared, array_except(collect_set(rule_key), first(known_keys)) AS possible
  FROM possible
  GROUP BY
    row_id, direction, from_port, to_port, lowest_port, highest_port, requests, is_opposite,
    is_shared
)

SELECT
  row_id,
  collect_list(struct(
    direction, from_port, to_port, lowest_port, highest_port, requests, is_opposite, is_shared,
    FALSE AS is_refused, filter(possible, key -> FALSE) AS certain, possible)) AS doubted
FROM found
WHERE size(possible) > 0
GROUP BY row_id
