-- The dashboard's data set: one row per rule and day of the window, zero rows included, with what
-- the window as a whole says of the rule. $window_days is filled in when the stack is synthesized.
--
-- Window, counts and status are those of the usage table (aws_network/usage_window.py and
-- verdicts.py), which QuickSight cannot read: a rule with ambiguous use, or whose interfaces were
-- not all logged, is never `unused`. One status more: `gone`, no longer there on the last day.
WITH bounds AS (
  SELECT
    CAST(
      greatest(
        min(CAST(day AS date)),
        date_add('day', 1 - $window_days, max(CAST(day AS date)))
      ) AS date
    ) AS window_from,
    max(CAST(day AS date)) AS window_to
  FROM sg_rule_usage_daily
),
daily AS (
  SELECT
    CAST(usage.day AS date) AS on_day,
    CAST(usage.day AS date) >= bounds.window_from AS in_window,
    usage.sg_rule_id,
    usage.sg_id,
    coalesce(usage.sg_name, usage.sg_id) AS sg_name,
    usage.account_id,
    usage.region,
    usage.vpc_id,
    usage.flow_direction,
    usage.protocol,
    usage.ports,
    usage.source,
    coalesce(usage.description, '') AS description,
    usage.used_times,
    usage.sole_times,
    usage.ambiguous_times,
    usage.interfaces > 0 AS attached,
    usage.interfaces > 0
      AND usage.interfaces_logged >= usage.interfaces
      AND usage.interfaces_skipped = 0 AS observed
  FROM sg_rule_usage_daily AS usage
  CROSS JOIN bounds
),
missing AS (
  SELECT
    date_diff('day', bounds.window_from, bounds.window_to) + 1 - analysed.days AS days
  FROM bounds
  CROSS JOIN (SELECT count(DISTINCT on_day) AS days FROM daily WHERE in_window) AS analysed
),
rule AS (
  SELECT
    sg_rule_id,
    max_by(sg_name, on_day) AS sg_name,
    max_by(description, on_day) AS description,
    sum(CASE WHEN in_window THEN used_times ELSE 0 END) AS used_in_window,
    sum(CASE WHEN in_window THEN ambiguous_times ELSE 0 END) AS ambiguous_in_window,
    count_if(in_window AND used_times > 0) AS days_used,
    count_if(in_window AND attached) AS days_attached,
    count_if(in_window AND observed) AS days_observed,
    max(CASE WHEN used_times > 0 THEN on_day END) AS last_used,
    max(on_day) AS last_seen
  FROM daily
  GROUP BY sg_rule_id
),
judged AS (
  SELECT
    rule.*,
    bounds.window_from,
    bounds.window_to,
    CASE
      WHEN rule.last_seen < bounds.window_to THEN 'gone'
      WHEN rule.used_in_window > 0 THEN 'used'
      WHEN rule.ambiguous_in_window > 0 THEN 'ambiguous'
      WHEN rule.days_attached = 0 THEN 'unattached'
      WHEN missing.days > 0 THEN 'not_observed'
      WHEN rule.days_observed < rule.days_attached THEN 'not_observed'
      ELSE 'unused'
    END AS status
  FROM rule
  CROSS JOIN bounds
  CROSS JOIN missing
)
SELECT
  daily.on_day AS day,
  daily.sg_rule_id,
  judged.sg_name || ': ' || daily.protocol || ' ' || daily.ports
    || CASE daily.flow_direction WHEN 'egress' THEN ' to ' ELSE ' from ' END || daily.source
    || CASE judged.status WHEN 'used' THEN '' ELSE ' [' || judged.status || ']' END
    || ' ' || daily.sg_rule_id AS rule,
  daily.sg_id,
  judged.sg_name,
  daily.account_id,
  daily.region,
  daily.vpc_id,
  daily.flow_direction,
  daily.protocol,
  daily.ports,
  daily.source,
  judged.description,
  daily.used_times,
  daily.sole_times,
  daily.ambiguous_times,
  judged.days_used,
  judged.days_observed,
  judged.last_used,
  judged.status,
  CASE judged.status
    WHEN 'unused' THEN 0
    WHEN 'unattached' THEN 1
    WHEN 'not_observed' THEN 2
    WHEN 'ambiguous' THEN 3
    WHEN 'used' THEN 4
    ELSE 5
  END AS status_rank,
  judged.window_from,
  judged.window_to
FROM daily
INNER JOIN judged ON judged.sg_rule_id = daily.sg_rule_id
WHERE daily.in_window
