-- Flow logs that record on an interface what another one records as well, per day. The other one sees
-- more half hours, or proves more; of two alike, one is taken. Where one follows the other, as after a
-- change of the format, they share a half hour at the most, and neither repeats the other.
--
-- `is_whole`: the other one sees every half hour that it sees, and lost nothing, so that it can be
-- left out. Else its rows are kept: they count as no requests, but still prove a use.

SELECT
  log.day AS day, log.interface_id AS interface_id, log.flow_log_id AS flow_log_id,
  bool_or(NOT other.lost AND (log.slots & ~other.slots) = 0) AS is_whole
FROM {interface_logs} AS log
JOIN {interface_logs} AS other
  ON other.day = log.day AND other.interface_id = log.interface_id
  AND other.flow_log_id <> log.flow_log_id
  AND other.has_accepted AND log.has_accepted
  AND struct(bit_count(other.slots), other.proven_rows, other.flow_log_id)
    > struct(bit_count(log.slots), log.proven_rows, log.flow_log_id)
WHERE bit_count(log.slots & other.slots) > 1
GROUP BY log.day, log.interface_id, log.flow_log_id
