-- The dashboard's data set: one row per rule and day of the window, zero rows included, with what
-- the window as a whole says of the rule. The length of the window is filled in at synth: the number
-- of days before its last one.
--
-- Window, counts and status are those of the usage table (aws_network/usage_window.py and
-- verdicts.py), which QuickSight cannot read: a rule with ambiguous use, or whose interfaces were
-- not all logged, is never `unused`. One status more: `gone`, no longer there on the last day.
WITH bounds AS (
  SELECT
    CAST(
      greatest(
        min(CAST(day AS date)),
        CAST(max(CAST(day AS date)) - INTERVAL '$days_before_last' DAY AS date)
      ) AS date
    ) AS window_from,
    max(CAST(day AS date)) AS window_to
  FROM sg_rule_usage_daily
),
daily AS (
  SELECT
    CAST(found.day AS date) AS on_day,
    max(CAST(found.day AS date)) OVER (PARTITION BY found.sg_rule_id) AS last_seen,
    CAST(found.day AS date) >= bounds.window_from AS in_window,
    found.sg_rule_id,
    found.sg_id,
    coalesce(found.sg_name, found.sg_id) AS sg_name,
    found.account_id,
    found.region,
    found.vpc_id,
    found.flow_direction,
    found.protocol,
    found.ports,
    found.source,
    coalesce(found.description, '') AS description,
    found.used_times,
    found.sole_times,
    found.ambiguous_times,
    found.never_logged,
    found.interfaces > 0 AS attached,
    found.interfaces > 0
      AND found.interfaces_logged >= found.interfaces
      AND found.interfaces_skipped = 0 AS observed
  FROM sg_rule_usage_daily AS found
  CROSS JOIN bounds
),
analysed AS (
  SELECT DISTINCT on_day, CAST(on_day + INTERVAL '1' DAY AS date) AS day_after
  FROM daily
  WHERE in_window
),
-- Without a gap only the last day has no day after it, and the first one is the window's.
continuity AS (
  SELECT min(today.on_day) AS first_day, count_if(tomorrow.on_day IS NULL) AS ends
  FROM analysed AS today
  LEFT JOIN analysed AS tomorrow ON tomorrow.on_day = today.day_after
),
rule AS (
  SELECT
    sg_rule_id,
    max(last_seen) AS last_seen,
    max(CASE WHEN on_day = last_seen THEN sg_name END) AS sg_name,
    max(CASE WHEN on_day = last_seen THEN description END) AS description,
    sum(CASE WHEN in_window THEN used_times ELSE 0 END) AS used_in_window,
    sum(CASE WHEN in_window THEN ambiguous_times ELSE 0 END) AS ambiguous_in_window,
    count_if(in_window AND used_times > 0) AS days_used,
    count_if(in_window AND attached) AS days_attached,
    count_if(in_window AND observed) AS days_observed,
    max(CASE WHEN in_window THEN never_logged END) AS never_logged,
    max(CASE WHEN used_times > 0 THEN on_day END) AS last_used
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
      WHEN rule.never_logged IS NOT NULL THEN 'not_observed'
      WHEN continuity.ends > 1 OR continuity.first_day > bounds.window_from THEN 'not_observed'
      WHEN rule.days_observed < rule.days_attached THEN 'not_observed'
      ELSE 'unused'
    END AS status
  FROM rule
  CROSS JOIN bounds
  CROSS JOIN continuity
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
