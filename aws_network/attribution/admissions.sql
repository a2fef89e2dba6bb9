-- Every distinct question that the candidates raise, asked once, with the rules that admit it.
--
--   question   does a rule of any of the interface's groups admit this? Asked of the interface for
--              each candidate, and of the peer's interface for each peer check. Only an interface
--              of the same VPC is surely the peer; elsewhere an address may be another machine's.
--   matched    the rules that admit it; surely, if they admit all its ports (they are many where the
--              query did not keep the port) from an address that is surely of their source
--   (result)   the questions that a rule admits, with `certain` and `possible`, arrays of rule keys;
--              a certain rule is not among the possible ones

WITH question AS (
  SELECT inventory_id, interface_key, direction, protocol, from_port, to_port, peer_block AS block
  FROM {candidates}
  UNION
  SELECT /*+ BROADCAST(other) */
    asked.inventory_id, other.interface_id, if(direction = 'ingress', 'egress', 'ingress'), protocol,
    from_port, to_port, own_block
  FROM {peer_checks} AS asked
  JOIN {interface_blocks} AS other
    ON other.inventory_id = asked.inventory_id AND other.vpc_id = asked.vpc_id
    AND other.block = peer_block
),

matched AS (
  SELECT /*+ BROADCAST(carried, labels, terms, held) */
    question.*,
    rule_key,
    certain AND terms.from_port <= question.from_port AND terms.to_port >= question.to_port
      AS surely
  FROM question
  JOIN {interface_groups} AS carried
    ON carried.inventory_id = question.inventory_id
    AND carried.interface_key = question.interface_key
  JOIN {labels} AS labels
    ON labels.inventory_id = question.inventory_id AND labels.block = question.block
  JOIN {terms} AS terms
    ON terms.inventory_id = question.inventory_id AND terms.group_id = carried.group_id
    AND terms.direction = question.direction AND terms.label = labels.label
  LEFT JOIN {held} AS held
    ON labels.label = '{not_held}' AND held.inventory_id = question.inventory_id
    AND held.vpc_id = carried.vpc_id AND held.block = question.block
  WHERE terms.protocol IN (-1, question.protocol)
    AND terms.from_port <= question.to_port AND terms.to_port >= question.from_port
    AND (terms.vpc_id IS NULL OR carried.vpc_id IS NULL OR terms.vpc_id = carried.vpc_id)
    AND held.block IS NULL
)

SELECT
  inventory_id, interface_key, direction, protocol, from_port, to_port, block,
  collect_set(rule_key) FILTER (WHERE surely) AS certain,
  array_except(
    collect_set(rule_key) FILTER (WHERE NOT surely), collect_set(rule_key) FILTER (WHERE surely)
  ) AS possible
FROM matched
GROUP BY inventory_id, interface_key, direction, protocol, from_port, to_port, block
