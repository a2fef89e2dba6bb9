-- The ports that many peers use, where nothing else tells who opened the conversations.
--
-- A service port is one that many peers share. It speaks for TCP alone: a UDP program may well send
-- to many peers from one port. `side` is the side of the port: own or peer. A negative
-- port is none, but the query's word for many.

SELECT day, interface_id, used.side AS side, used.port AS port
FROM (
  SELECT day, interface_id, peer, explode(array(
    struct('own' AS side, own_port AS port), struct('peer' AS side, peer_port AS port))) AS used
  FROM {flows}
  WHERE outcome = 'accepted' AND opener = 'unknown' AND protocol = 6 AND is_sided
)
WHERE used.port >= 0
GROUP BY day, interface_id, used.side, used.port
HAVING approx_count_distinct(peer) >= {shared_by}
