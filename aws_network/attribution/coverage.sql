-- What became of every record of the flow logs, those that were not accepted included.

WITH outcomes AS (
  SELECT day, account_id, region, interface_id, inline(
    CASE
      WHEN NOT is_known THEN array(
        struct('unknown_interface' AS outcome, records_in + records_out AS records))
      WHEN NOT has_groups THEN array(
        struct('no_security_group' AS outcome, records_in + records_out AS records))
      WHEN size(sure) = 0 THEN array(
        struct(
          if(size(doubted) > 0, 'ambiguous', 'no_admitting_rule') AS outcome,
          records_in + records_out AS records))
      WHEN sure[0].direction = 'ingress' THEN array(
        struct('attributed' AS outcome, records_in AS records),
        struct('reply' AS outcome, records_out AS records))
      ELSE array(
        struct('attributed' AS outcome, records_out AS records),
        struct('reply' AS outcome, records_in AS records))
    END)
  FROM {rows}
  UNION ALL
  SELECT day, delivery_account, delivery_region, interface_id, outcome, records_in + records_out
  FROM {flows}
  WHERE outcome <> 'accepted'
  UNION ALL
  SELECT
    flows.day, delivery_account, delivery_region, flows.interface_id, 'repeated',
    records_in + records_out
  FROM {flows} AS flows
  JOIN {repeats} AS repeated
    ON repeated.day = flows.day AND repeated.interface_id = flows.interface_id
    AND repeated.flow_log_id = flows.flow_log_id AND repeated.is_whole
  WHERE outcome = 'accepted'
)

SELECT
  day, account_id, region, outcome, sum(records) AS records,
  CAST(count(DISTINCT interface_id) AS INT) AS interfaces
FROM outcomes
WHERE records > 0
GROUP BY day, account_id, region, outcome
