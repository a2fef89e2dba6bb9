-- The decided rows, with what may have admitted those that nothing explains.

SELECT
  rows.day, rows.inventory_id, rows.account_id, rows.region, rows.interface_id, rows.vpc_id,
  rows.is_known, rows.has_groups, rows.protocol, rows.is_one_way, rows.peer_block, rows.first_peer,
  rows.last_peer, rows.records_in, rows.records_out, rows.sure,
  if(unexplained.doubted IS NULL, rows.doubted, concat(rows.doubted, unexplained.doubted)) AS doubted
FROM {rows} AS rows
LEFT JOIN {unexplained} AS unexplained ON unexplained.row_id = rows.row_id
