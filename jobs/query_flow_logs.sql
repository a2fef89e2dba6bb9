-- One day of flow logs, reduced to the rows that attribution needs.
--
-- Read it from the top; each step stands on the one before:
--   own_address   the addresses of each network interface, from the snapshots around the day
--   line          the lines of the day's objects, and of the early ones of the next day
--   record        a line, its values typed; '-' is NULL
--   dated         whether it is a record of the day: of the day on which it began. An early object
--                 may have records that began on the day before
--   checked       what is wrong with a line that cannot be read, in a word
--   sided, ported the same, told from the interface: its own address and port, and the peer's
--   served, keyed which port is that of a service, and whether the client's port can be left out
--   conversation, opened
--                 the records of one conversation; where the client's port is left out, of all
--                 conversations with that service alike, so that ephemeral ports cost nothing.
--                 Without TCP flags the records of a conversation say no more together than each
--                 alone: there, a port from 32768 up against a lower one, most likely ephemeral,
--                 decides nothing, but all such are alike and stand there as -32768
--   (result)      conversations that answer the same question, as one row
--
-- What a row of the result says:
--   flow_log_id   out of the object's name, fl-...; NULL where the name has none
--   vpc_id        NULL where the format lacks it, and of records without data
--   outcome       accepted, rejected, nodata, skipdata, malformed, or no_interface: the record names
--                 none ('-'), as those of regional NAT gateways
--   fault, object of what is malformed: what is wrong, and where
--   is_sided      FALSE: which side is the interface's own is a guess
--   own, peer, own_port, peer_port
--                 NULL where nothing depends on them
--   opener        ingress: the peer opened the conversation; egress: the interface; unknown
--   evidence      of the opener: observed (TCP flags), beyond_doubt, inferred, none. Beyond doubt is
--                 a service's port below 512 (not 20, from which active FTP connects) against one
--                 from 32768 up, by TCP, or by UDP with records in both directions
--   records_in, records_out
--                 how many records, by direction
--   slots         bit n: a record, that was not lost, begins or ends in half hour n of the day
-- Records that did not begin on the day leave their slots alone, in rows of nodata that count 0.
-- What was lost, or cannot be read, counts for both days that it may concern.
--
-- aws_network/flow_logs/statement.py fills in the names after a dollar sign: a table of flow logs,
-- its columns by the names of the fields, NULL where the format lacks one; the paths of the objects
-- to read, so that Athena opens no other; and the share of the interfaces that is asked for. The
-- question marks are, in order: the days of the snapshots before and after, then year, month and
-- day, and those of the next day.

WITH own_address AS (
  SELECT DISTINCT interface_id, lower(address) AS address
  FROM sg_inventory_interfaces
  CROSS JOIN UNNEST(addresses) AS addresses_of_interface (address)
  WHERE day IN (?, ?)
),

line AS (
  SELECT
    delivery_account, delivery_region, $columns, "$$path" AS object, FALSE AS is_of_next_day
  FROM $table
  WHERE "year" = ? AND "month" = ? AND "day" = ?$of_day
  UNION ALL
  SELECT
    delivery_account, delivery_region, $columns, "$$path" AS object, TRUE AS is_of_next_day
  FROM $table
  WHERE "year" = ? AND "month" = ? AND "day" = ?$of_next_day
),

record AS (
  SELECT
    delivery_account,
    delivery_region,
    regexp_extract(object, '_(fl-[0-9a-z]+)_[0-9]{8}T[0-9]{4}Z_', 1) AS flow_log_id,
    interface_id,
    nullif(vpc_id, '-') AS vpc_id,
    lower(srcaddr) AS shown_source,
    lower(dstaddr) AS shown_destination,
    lower(nullif(coalesce(nullif(pkt_srcaddr, '-'), srcaddr), '-')) AS source,
    lower(nullif(coalesce(nullif(pkt_dstaddr, '-'), dstaddr), '-')) AS destination,
    try_cast(srcport AS integer) AS source_port,
    try_cast(dstport AS integer) AS destination_port,
    try_cast(protocol AS integer) AS protocol,
    bitwise_and(coalesce(try_cast(tcp_flags AS integer), 0), 18) AS syn_and_ack,
    coalesce(try_cast(protocol AS integer) = 6 AND try_cast(tcp_flags AS integer) IS NULL, FALSE)
      AS is_flagless,
    lower(flow_direction) AS flow_direction,
    try_cast("start" AS bigint) AS start_time,
    try_cast("end" AS bigint) AS end_time,
    action,
    coalesce(log_status, CASE WHEN action = '-' THEN 'SKIPDATA' ELSE 'OK' END) AS log_status,
    last_field,
    extra_fields,
    object,
    is_of_next_day
  FROM line
  WHERE $share
),

dated AS (
  SELECT
    record.*,
    -- Without start and end, the stamp of the object tells, and where it leaves both days possible,
    -- the record counts for both.
    CASE
      WHEN is_of_next_day THEN
        coalesce(
          coalesce(start_time, end_time) < $midnight + 86400,
          regexp_like(object, '_[0-9]{8}T00(0[0-9]|1[0-4])Z_')
        )
      WHEN regexp_like(object, '_[0-9]{8}T00[0-5][0-9]Z_') THEN
        coalesce(coalesce(start_time, end_time) >= $midnight, TRUE)
      ELSE TRUE
    END AS is_of_day
  FROM record
),

checked AS (
  SELECT
    dated.*,
    CASE
      WHEN interface_id IN ('interface-id', 'interface_id') THEN 'header_line'
      WHEN extra_fields IS NOT NULL THEN 'too_many_fields'
      WHEN last_field IS NULL THEN 'too_few_fields'
      WHEN log_status IN ('NODATA', 'SKIPDATA') THEN NULL
      WHEN log_status <> 'OK' THEN 'log_status'
      WHEN interface_id IS NULL THEN 'interface_id'
      WHEN interface_id = '-' THEN NULL
      WHEN try_cast(source AS ipaddress) IS NULL OR try_cast(destination AS ipaddress) IS NULL
        OR source LIKE '%/%' OR destination LIKE '%/%'
        OR source LIKE '%!%%' ESCAPE '!' OR destination LIKE '%!%%' ESCAPE '!'
        THEN 'address'
      WHEN protocol IS NULL OR protocol NOT BETWEEN 0 AND 255 THEN 'protocol'
      WHEN protocol IN (6, 17) AND (
        source_port IS NULL OR source_port NOT BETWEEN 0 AND 65535
        OR destination_port IS NULL OR destination_port NOT BETWEEN 0 AND 65535
      )
        THEN 'port'
      WHEN action IS NULL OR action NOT IN ('ACCEPT', 'REJECT') THEN 'action'
    END AS fault
  FROM dated
  WHERE is_of_day OR NOT is_of_next_day AND end_time >= $midnight
),

sided AS (
  SELECT
    checked.*,
    CASE
      WHEN fault IS NOT NULL THEN 'malformed'
      WHEN log_status = 'SKIPDATA' THEN 'skipdata'
      WHEN NOT is_of_day THEN 'nodata'
      WHEN checked.interface_id = '-' THEN 'no_interface'
      WHEN log_status = 'NODATA' THEN 'nodata'
      WHEN action = 'REJECT' THEN 'rejected'
      ELSE 'accepted'
    END AS outcome,
    -- The direction as logged; else the interface's own address tells. Where neither does (an
    -- interface that no snapshot knows, an address out of a delegated prefix), the smaller address
    -- takes the own side, so that both directions of a conversation still meet, and is_sided
    -- says that the sides are a guess.
    CASE
      WHEN flow_direction IN ('ingress', 'egress') THEN flow_direction = 'ingress'
      WHEN destination_is.address IS NOT NULL AND source_is.address IS NULL THEN TRUE
      WHEN source_is.address IS NOT NULL AND destination_is.address IS NULL THEN FALSE
      ELSE destination < source
    END AS inbound,
    flow_direction IN ('ingress', 'egress')
      OR (destination_is.address IS NULL) <> (source_is.address IS NULL) AS is_sided
  FROM checked
  LEFT JOIN own_address AS source_is
    ON source_is.interface_id = checked.interface_id AND source_is.address = shown_source
  LEFT JOIN own_address AS destination_is
    ON destination_is.interface_id = checked.interface_id
    AND destination_is.address = shown_destination
),

ported AS (
  SELECT
    delivery_account,
    delivery_region,
    flow_log_id,
    -- Of a line that two lines were torn into, nobody knows whose it is; nor of one without an id.
    CASE
      WHEN fault IS NULL THEN nullif(interface_id, '-')
      WHEN fault <> 'too_many_fields' AND interface_id LIKE 'eni-%' THEN interface_id
    END AS interface_id,
    CASE
      WHEN fault IS NULL THEN vpc_id
      WHEN fault <> 'too_many_fields' AND vpc_id LIKE 'vpc-%' THEN vpc_id
    END AS vpc_id,
    outcome,
    is_of_day OR outcome IN ('skipdata', 'malformed') AS counts,
    fault,
    CASE WHEN fault IS NOT NULL THEN object END AS object,
    inbound,
    CASE WHEN outcome = 'accepted' THEN coalesce(is_sided, FALSE) END AS is_sided,
    CASE WHEN outcome = 'accepted' THEN protocol END AS protocol,
    CASE WHEN outcome = 'accepted' THEN CASE WHEN inbound THEN destination ELSE source END END
      AS own,
    CASE WHEN outcome = 'accepted' THEN CASE WHEN inbound THEN source ELSE destination END END
      AS peer,
    CASE
      WHEN outcome = 'accepted' AND protocol IN (6, 17) THEN
        CASE WHEN inbound THEN destination_port ELSE source_port END
    END AS own_port,
    CASE
      WHEN outcome = 'accepted' AND protocol IN (6, 17) THEN
        CASE WHEN inbound THEN source_port ELSE destination_port END
    END AS peer_port,
    is_flagless,
    -- SYN alone comes from the opener, SYN with ACK from the other side.
    CASE
      WHEN protocol <> 6 THEN NULL
      WHEN syn_and_ack = 2 THEN inbound
      WHEN syn_and_ack = 18 THEN NOT inbound
    END AS opened_by_peer,
    -- Without start and end, the stamp in the object's name says when.
    CASE
      WHEN outcome NOT IN ('accepted', 'rejected', 'nodata') THEN 0
      WHEN is_of_next_day AND start_time IS NULL AND end_time IS NULL THEN 0
      WHEN start_time IS NULL AND end_time IS NULL THEN
        coalesce(
          bitwise_left_shift(
            CAST(1 AS bigint),
            2 * try_cast(regexp_extract(object, '_[0-9]{8}T([01][0-9]|2[0-3])[0-5][0-9]Z_', 1)
              AS integer)
            + CASE WHEN regexp_like(object, '_[0-9]{8}T[0-9]{2}[3-5][0-9]Z_') THEN 1 ELSE 0 END
          ),
          0
        )
      ELSE
        bitwise_or(
          CASE
            WHEN start_time BETWEEN $midnight AND $midnight + 86399
              THEN bitwise_left_shift(
                CAST(1 AS bigint), CAST((start_time - $midnight) / 1800 AS integer)
              )
            ELSE 0
          END,
          CASE
            WHEN end_time BETWEEN $midnight AND $midnight + 86399
              THEN bitwise_left_shift(
                CAST(1 AS bigint), CAST((end_time - $midnight) / 1800 AS integer)
              )
            ELSE 0
          END
        )
    END AS slots
  FROM sided
),

served AS (
  SELECT
    ported.*,
    -- A well-known port against one from 1024 up. Clients of the r-commands and of NFS take ports
    -- from 512 to 1023, so there only registered services count; and 2049 is NFS itself.
    coalesce(
      peer_port >= 1024 AND peer_port <> 2049
        AND (own_port < 512 OR own_port IN (
          514, 515, 546, 547, 548, 554, 563, 587, 593, 623, 631, 636, 647, 853, 860, 873, 902,
          989, 990, 992, 993, 995
        )),
      FALSE
    ) AS own_port_serves,
    coalesce(
      own_port >= 1024 AND own_port <> 2049
        AND (peer_port < 512 OR peer_port IN (
          514, 515, 546, 547, 548, 554, 563, 587, 593, 623, 631, 636, 647, 853, 860, 873, 902,
          989, 990, 992, 993, 995
        )),
      FALSE
    ) AS peer_port_serves,
    -- No client binds to a port below 512, but active FTP to 20; and 32768 is where most
    -- systems' ports for clients begin.
    coalesce(
      own_port < 512 AND own_port <> 20 AND peer_port >= 32768
        OR peer_port < 512 AND peer_port <> 20 AND own_port >= 32768,
      FALSE
    ) AS is_plain
  FROM ported
),

keyed AS (
  SELECT
    served.*,
    -- What leaves the ports of clients no say: for TCP, evidence that stands without them, or no
    -- flags that could add to it. For UDP, the answers of each conversation are the evidence.
    CASE
      WHEN protocol = 6 AND own_port_serves THEN
        (is_plain OR is_flagless) AND coalesce(opened_by_peer, TRUE)
      WHEN protocol = 6 AND peer_port_serves THEN
        (is_plain OR is_flagless) AND NOT coalesce(opened_by_peer, FALSE)
      ELSE (own_port_serves OR peer_port_serves) AND NOT is_plain
    END AS is_of_service
  FROM served
),

conversation AS (
  SELECT
    delivery_account,
    delivery_region,
    flow_log_id,
    interface_id,
    vpc_id,
    outcome,
    fault,
    object,
    is_sided,
    protocol,
    own,
    peer,
    own_port_serves,
    peer_port_serves,
    is_plain,
    CASE
      WHEN is_of_service AND peer_port_serves THEN NULL
      WHEN own_port_serves OR peer_port_serves THEN own_port
      WHEN is_flagless AND own_port >= 32768 AND peer_port < 32768 THEN -32768
      ELSE own_port
    END AS own_port,
    CASE
      WHEN is_of_service AND own_port_serves THEN NULL
      WHEN own_port_serves OR peer_port_serves THEN peer_port
      WHEN is_flagless AND peer_port >= 32768 AND own_port < 32768 THEN -32768
      ELSE peer_port
    END AS peer_port,
    count_if(counts AND inbound) AS records_in,
    count_if(counts AND NOT coalesce(inbound, FALSE)) AS records_out,
    coalesce(bool_or(opened_by_peer), FALSE) AS seen_from_peer,
    coalesce(bool_or(NOT opened_by_peer), FALSE) AS seen_from_own,
    bitwise_or_agg(slots) AS slots
  FROM keyed
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
),

opened AS (
  SELECT
    conversation.*,
    CASE
      WHEN outcome <> 'accepted' THEN NULL
      WHEN seen_from_peer AND seen_from_own THEN 'unknown'
      WHEN seen_from_peer OR own_port_serves AND NOT seen_from_own THEN 'ingress'
      WHEN seen_from_own OR peer_port_serves THEN 'egress'
      ELSE 'unknown'
    END AS opener,
    CASE
      WHEN outcome <> 'accepted' THEN NULL
      WHEN seen_from_peer AND seen_from_own THEN 'none'
      WHEN seen_from_peer OR seen_from_own THEN 'observed'
      WHEN is_plain AND (protocol = 6 OR records_in > 0 AND records_out > 0) THEN 'beyond_doubt'
      WHEN own_port_serves OR peer_port_serves THEN 'inferred'
      ELSE 'none'
    END AS evidence
  FROM conversation
)

SELECT
  delivery_account,
  delivery_region,
  '$day' AS day,
  flow_log_id,
  interface_id,
  vpc_id,
  outcome,
  fault,
  object,
  is_sided,
  protocol,
  -- The own address matters where the other end, or the sides, must still be looked up.
  CASE WHEN opener = 'unknown' OR NOT is_sided THEN own END AS own,
  peer,
  CASE WHEN opener <> 'egress' THEN own_port END AS own_port,
  CASE WHEN opener <> 'ingress' THEN peer_port END AS peer_port,
  opener,
  evidence,
  sum(records_in) AS records_in,
  sum(records_out) AS records_out,
  bitwise_or_agg(slots) AS slots
FROM opened
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
