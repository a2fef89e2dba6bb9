-- What each flow log says of each interface, per day. `flow_log_id` is NULL where no object's name
-- tells it. `slots`: see query_flow_logs.sql. `lost`: records of it were lost, or could not be read.

SELECT
  day, interface_id, flow_log_id,
  bit_or(slots) AS slots,
  bool_or(outcome = 'accepted') AS has_accepted,
  bool_or(outcome IN ('accepted', 'rejected')) AS is_active,
  bool_or(outcome = 'skipdata' OR outcome = 'malformed' AND coalesce(fault, '') <> 'header_line')
    AS lost,
  count_if(evidence = 'observed') AS proven_rows
FROM {flows}
WHERE interface_id IS NOT NULL
GROUP BY day, interface_id, flow_log_id
