-- One day of flow logs, reduced to the rows that attribution needs.
--
-- Read it from the top; each step stands on the one before:
--   own_address   the addresses of each network interface, from the snapshots around the day
--   record        a line of the log, its values typed; '-' is NULL
--   checked       what is wrong with a line that cannot be read, in a word
--   sided, ported the same, told from the interface: its own address and port, and the peer's
--   keyed         what the flags say about the opener, and which port is a service beyond doubt
--   conversation, opened
--                 the records of one conversation; where one port is a service, of all
--                 conversations with that service alike, so that ephemeral ports cost nothing.
--                 Without TCP flags the records of a conversation say no more together than each
--                 alone: there, a port from 32768 up against a lower one, most likely ephemeral,
--                 decides nothing, but all such are alike and stand there as -32768
--   (result)      conversations that answer the same question, as one row
--
-- query_flow_logs.py fills in the names after a dollar sign: a column of the flow log table, or
-- NULL where the flow log's format lacks the field; the share of the interfaces that is asked for;
-- and the objects that cannot be read at all, which Athena then does not open. The question marks
-- are, in order: the days of the snapshots before and after, then year, month and day.

WITH own_address AS (
  SELECT DISTINCT interface_id, lower(address) AS address
  FROM sg_inventory_interfaces
  CROSS JOIN UNNEST(addresses) AS addresses_of_interface (address)
  WHERE day IN (?, ?)
),

record AS (
  SELECT
    delivery_account,
    delivery_region,
    "year" || '-' || "month" || '-' || "day" AS day,
    nullif(interface_id, '-') AS interface_id,
    lower(srcaddr) AS shown_source,
    lower(dstaddr) AS shown_destination,
    lower(nullif(coalesce(nullif($pkt_srcaddr, '-'), srcaddr), '-')) AS source,
    lower(nullif(coalesce(nullif($pkt_dstaddr, '-'), dstaddr), '-')) AS destination,
    try_cast(srcport AS integer) AS source_port,
    try_cast(dstport AS integer) AS destination_port,
    try_cast(protocol AS integer) AS protocol,
    bitwise_and(coalesce(try_cast($tcp_flags AS integer), 0), 18) AS syn_and_ack,
    coalesce(try_cast(protocol AS integer) = 6 AND try_cast($tcp_flags AS integer) IS NULL, FALSE)
      AS is_flagless,
    lower($flow_direction) AS flow_direction,
    action,
    coalesce($log_status, CASE WHEN action = '-' THEN 'SKIPDATA' ELSE 'OK' END) AS log_status,
    $last_field AS last_field,
    $extra_fields AS extra_fields,
    "$$path" AS object
  FROM flow_logs
  WHERE "year" = ? AND "month" = ? AND "day" = ? AND $share$readable
),

checked AS (
  SELECT
    record.*,
    CASE
      WHEN interface_id IN ('interface-id', 'interface_id') THEN 'header_line'
      WHEN extra_fields IS NOT NULL THEN 'too_many_fields'
      WHEN last_field IS NULL THEN 'too_few_fields'
      WHEN log_status IN ('NODATA', 'SKIPDATA') THEN NULL
      WHEN log_status <> 'OK' THEN 'log_status'
      WHEN interface_id IS NULL THEN 'interface_id'
      WHEN try_cast(source AS ipaddress) IS NULL OR try_cast(destination AS ipaddress) IS NULL
        OR source LIKE '%/%' OR destination LIKE '%/%'
        THEN 'address'
      WHEN protocol IS NULL OR protocol NOT BETWEEN 0 AND 255 THEN 'protocol'
      WHEN protocol IN (6, 17) AND (
        source_port IS NULL OR source_port NOT BETWEEN 0 AND 65535
        OR destination_port IS NULL OR destination_port NOT BETWEEN 0 AND 65535
      )
        THEN 'port'
      WHEN action IS NULL OR action NOT IN ('ACCEPT', 'REJECT') THEN 'action'
    END AS fault
  FROM record
),

sided AS (
  SELECT
    checked.*,
    CASE
      WHEN fault IS NOT NULL THEN 'malformed'
      WHEN log_status = 'NODATA' THEN 'nodata'
      WHEN log_status = 'SKIPDATA' THEN 'skipdata'
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
    day,
    -- Of a line that two lines were torn into, nobody knows whose it is; nor of one without an id.
    CASE
      WHEN fault IS NULL THEN interface_id
      WHEN fault <> 'too_many_fields' AND interface_id LIKE 'eni-%' THEN interface_id
    END AS interface_id,
    outcome,
    fault,
    CASE WHEN fault IS NOT NULL THEN object END AS object,
    inbound,
    protocol IN (6, 17) AS has_ports,
    CASE WHEN outcome = 'accepted' THEN coalesce(is_sided, FALSE) END AS is_sided,
    CASE WHEN outcome = 'accepted' THEN protocol END AS protocol,
    CASE WHEN outcome = 'accepted' THEN CASE WHEN inbound THEN destination ELSE source END END
      AS own,
    CASE WHEN outcome = 'accepted' THEN CASE WHEN inbound THEN source ELSE destination END END
      AS peer,
    CASE WHEN inbound THEN destination_port ELSE source_port END AS own_port,
    CASE WHEN inbound THEN source_port ELSE destination_port END AS peer_port,
    is_flagless,
    -- SYN alone comes from the opener, SYN with ACK from the other side.
    CASE
      WHEN protocol <> 6 THEN NULL
      WHEN syn_and_ack = 2 THEN inbound
      WHEN syn_and_ack = 18 THEN NOT inbound
    END AS opened_by_peer
  FROM sided
),

keyed AS (
  SELECT
    delivery_account,
    delivery_region,
    day,
    interface_id,
    outcome,
    fault,
    object,
    inbound,
    is_sided,
    protocol,
    own,
    peer,
    CASE WHEN outcome = 'accepted' AND has_ports THEN own_port END AS own_port,
    CASE WHEN outcome = 'accepted' AND has_ports THEN peer_port END AS peer_port,
    is_flagless,
    opened_by_peer,
    -- A well-known port against one from 1024 up. Clients of the r-commands and of NFS take ports
    -- from 512 to 1023, so there only registered services count; and 2049 is NFS itself. Flags that
    -- say otherwise win.
    coalesce(
      has_ports AND peer_port >= 1024 AND peer_port <> 2049 AND coalesce(opened_by_peer, TRUE)
        AND (own_port < 512 OR own_port IN (
          514, 515, 546, 547, 548, 554, 563, 587, 593, 623, 631, 636, 647, 853, 860, 873, 902,
          989, 990, 992, 993, 995
        )),
      FALSE
    ) AS own_port_serves,
    coalesce(
      has_ports AND own_port >= 1024 AND own_port <> 2049 AND NOT coalesce(opened_by_peer, FALSE)
        AND (peer_port < 512 OR peer_port IN (
          514, 515, 546, 547, 548, 554, 563, 587, 593, 623, 631, 636, 647, 853, 860, 873, 902,
          989, 990, 992, 993, 995
        )),
      FALSE
    ) AS peer_port_serves
  FROM ported
),

conversation AS (
  SELECT
    delivery_account,
    delivery_region,
    day,
    interface_id,
    outcome,
    fault,
    object,
    is_sided,
    protocol,
    own,
    peer,
    own_port_serves,
    peer_port_serves,
    CASE
      WHEN peer_port_serves THEN NULL
      WHEN is_flagless AND own_port >= 32768 AND peer_port < 32768 THEN -32768
      ELSE own_port
    END AS own_port,
    CASE
      WHEN own_port_serves THEN NULL
      WHEN is_flagless AND peer_port >= 32768 AND own_port < 32768 THEN -32768
      ELSE peer_port
    END AS peer_port,
    count_if(inbound) AS records_in,
    count_if(NOT coalesce(inbound, FALSE)) AS records_out,
    coalesce(bool_or(opened_by_peer), FALSE) AS seen_from_peer,
    coalesce(bool_or(NOT opened_by_peer), FALSE) AS seen_from_own
  FROM keyed
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
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
      WHEN seen_from_peer <> seen_from_own THEN 'observed'
      WHEN own_port_serves OR peer_port_serves THEN 'inferred'
      ELSE 'none'
    END AS evidence
  FROM conversation
)

SELECT
  delivery_account,
  delivery_region,
  day,
  interface_id,
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
  max(evidence) AS evidence,
  sum(records_in) AS records_in,
  sum(records_out) AS records_out
FROM opened
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
