-- Which interfaces were observed, per day. One row for each interface in use, or with any record.
--
--   accepting  flow logs that record accepted traffic, by what they did record
--   typed      what each flow log says of each interface; `accepts`: it records accepted traffic, as
--              DescribeFlowLogs says, or else as its records show: its traffic type never changes
--   watched    each interface with all of that
--   bounded    the half hours in which it should have been seen. Of an interface that came or left
--              during the day, or is attached to nothing now, the records themselves tell when.
--   (result)   logged: some flow log that records accepted traffic saw it. complete: one saw it in
--              every half hour and lost nothing, or several did together. lost: records of it were
--              lost. rejects_only: only flow logs of rejected traffic saw it.

WITH accepting AS (
  SELECT DISTINCT flow_log_id FROM {logs} WHERE has_accepted
),

typed AS (
  SELECT
    logs.*,
    has_accepted OR coalesce(known.records_accepted, accepting.flow_log_id IS NOT NULL) AS accepts
  FROM {logs} AS logs
  LEFT JOIN {flow_logs} AS known ON known.flow_log_id = logs.flow_log_id
  LEFT JOIN accepting ON accepting.flow_log_id = logs.flow_log_id
),

watched AS (
  SELECT /*+ BROADCAST(known, days) */
    days.day, days.inventory_id, known.interface_id, known.vpc_id, known.in_use, known.required,
    known.came, known.left,
    collect_list(
      if(typed.slots IS NULL, NULL, struct(typed.accepts, typed.slots, typed.lost, typed.is_active))
    ) AS logs
  FROM {interfaces} AS known
  JOIN {days} AS days ON days.inventory_id = known.inventory_id
  LEFT JOIN typed ON typed.day = days.day AND typed.interface_id = known.interface_id
  GROUP BY ALL
),

bounded AS (
  SELECT
    *,
    aggregate(logs, 0L, (found, log) -> found | log.slots) AS seen,
    required
      & if(seen <> 0 AND (left OR NOT in_use),
          shiftleft(2L, CAST(floor(log2(CAST(seen AS DOUBLE))) AS INT)) - 1L, -1L)
      & if(seen <> 0 AND (came OR NOT in_use), -(seen & -seen), -1L) AS wanted,
    filter(logs, log -> log.accepts) AS accepting
  FROM watched
  WHERE in_use OR size(logs) > 0
)

SELECT
  day, inventory_id, interface_id, vpc_id,
  exists(logs, log -> log.is_active) AS active,
  exists(accepting, log -> log.slots <> 0) AS logged,
  exists(accepting, log -> log.lost) AS lost,
  exists(accepting, log -> NOT log.lost AND (log.slots & wanted) = wanted)
    OR size(accepting) > 0 AND NOT exists(accepting, log -> log.lost)
      AND (aggregate(accepting, 0L, (found, log) -> found | log.slots) & wanted) = wanted
    AS complete,
  NOT exists(accepting, log -> log.slots <> 0) AND exists(logs, log -> log.slots <> 0)
    AS rejects_only
FROM bounded
