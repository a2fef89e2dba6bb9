-- Every distinct question that the readings raise, asked once, with the rules that admit it.
--
--   question   does a rule of any of the interface_key's groups admit this? Asked of the interface for
--              each reading, and of the other end for each exchange. Only an interface of the
--              same VPC is surely the other end; elsewhere an address may be another machine's.
--   matched    the rules that admit it; surely, if they admit all its ports (they are many where the
--              query did not keep the port) from an address that is surely of their source
--   (result)   the questions that a rule admits, with `certain` and `possible`, arrays of rule keys;
--              a certain rule is not among the possible ones

WITH question AS (
  SELECT era, interface_key, direction, protocol, from_port, to_port, peer_block AS block
  FROM {readings}
  UNION
  SELECT /*+ BROADCAST(other) */
    exchange.era, other.interface_id, if(direction = 'ingress', 'egress', 'ingress'), protocol,
    from_port, to_port, own_block
  FROM {exchanges} AS exchange
  JOIN {interface_blocks} AS other
    ON other.era = exchange.era AND other.vpc_id = exchange.vpc_id AND other.block = peer_block
),

matched AS (
  SELECT /*+ BROADCAST(carried, labels, terms) */
    question.*,
    rule_key,
    certain AND terms.from_port <= question.from_port AND terms.to_port >= question.to_port
      AS surely
  FROM question
  JOIN {interface_groups} AS carried
    ON carried.era = question.era AND carried.interface_key = question.interface_key
  JOIN {labels} AS labels ON labels.era = question.era AND labels.block = question.block
  JOIN {terms} AS terms
    ON terms.era = question.era AND terms.group_id = carried.group_id
    AND terms.direction = question.direction AND terms.label = labels.label
  WHERE terms.protocol IN (-1, question.protocol)
    AND terms.from_port <= question.to_port AND terms.to_port >= question.from_port
)

SELECT
  era, interface_key, direction, protocol, from_port, to_port, block,
  collect_set(rule_key) FILTER (WHERE surely) AS certain,
  array_except(
    collect_set(rule_key) FILTER (WHERE NOT surely), collect_set(rule_key) FILTER (WHERE surely)
  ) AS possible
FROM matched
GROUP BY era, interface_key, direction, protocol, from_port, to_port, block
