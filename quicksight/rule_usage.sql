-- The dashboard's data set: one row per rule and day of the window, zero rows included, with what
-- the window as a whole says of the rule.
--
-- Window, counts, status and reason are those of the usage table, which QuickSight cannot read: the
-- compute job writes them into the lake as well (sg_rule_verdicts). One status more: `gone`, no
-- longer there.
--
-- A data set has no place for a catalog or database, so the tables are named in full. ${Days} days
-- are twice the window: the bound is a constant when Athena plans the query, so that partitions
-- before it are not read, and the window is whole even after nights off.
WITH verdict AS (
  SELECT
    sg_rule_id,
    rule_version,
    coalesce(sg_name, sg_id) AS sg_name,
    coalesce(description, '') AS description,
    days_used,
    days_observed,
    CAST(sg_rule_last_used AS date) AS last_used,
    CASE WHEN gone_since IS NULL THEN status ELSE 'gone' END AS status,
    status_reason,
    coalesce(findings, '') AS findings,
    CAST(window_from AS date) AS window_from,
    CAST(window_to AS date) AS window_to
  FROM awsdatacatalog.${Database}.sg_rule_verdicts
)
SELECT
  CAST(daily.day AS date) AS day,
  daily.sg_rule_id,
  verdict.sg_name || ': ' || daily.protocol || ' ' || daily.ports
    || CASE daily.flow_direction WHEN 'egress' THEN ' to ' ELSE ' from ' END || daily.source
    || CASE verdict.status WHEN 'used' THEN '' ELSE ' [' || verdict.status || ']' END
    || ' ' || daily.sg_rule_id AS rule,
  daily.sg_id,
  verdict.sg_name,
  daily.account_id,
  daily.region,
  daily.vpc_id,
  daily.flow_direction,
  daily.protocol,
  daily.ports,
  daily.source,
  verdict.description,
  daily.used_times,
  daily.sole_times,
  daily.ambiguous_times,
  verdict.days_used,
  verdict.days_observed,
  verdict.last_used,
  verdict.status,
  verdict.status_reason,
  verdict.findings,
  CASE verdict.status
    WHEN 'unused' THEN 0
    WHEN 'unattached' THEN 1
    WHEN 'not_observed' THEN 2
    WHEN 'ambiguous' THEN 3
    WHEN 'rarely_used' THEN 4
    WHEN 'exempt' THEN 5
    WHEN 'used' THEN 6
    ELSE 7
  END AS status_rank,
  verdict.window_from,
  verdict.window_to
FROM awsdatacatalog.${Database}.sg_rule_usage_daily AS daily
INNER JOIN verdict
  ON verdict.sg_rule_id = daily.sg_rule_id
  -- Use of a rule before it was changed is not use of the rule as it is now.
  AND coalesce(verdict.rule_version = daily.rule_version, TRUE)
WHERE daily.day >= CAST(CAST(current_date - interval '${Days}' day AS date) AS varchar)
  AND CAST(daily.day AS date) BETWEEN verdict.window_from AND verdict.window_to
