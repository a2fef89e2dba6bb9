-- What the decided rows credit to each rule, per day: counts of request records.
--
-- Where a rule has nothing but replies, they still prove one use. A rule is the only one to admit a
-- request also when two of its versions do.

SELECT
  day,
  rule_key,
  if(count_if(kind <> 'ambiguous') = 0, 0L,
    greatest(sum(if(kind <> 'ambiguous', requests, 0L)), 1L)) AS used_times,
  if(count_if(kind = 'sole') = 0, 0L,
    greatest(sum(if(kind = 'sole', requests, 0L)), 1L)) AS sole_times,
  if(count_if(kind = 'ambiguous') = 0, 0L,
    greatest(sum(if(kind = 'ambiguous', requests, 0L)), 1L)) AS ambiguous_times
FROM (
  SELECT day, requests, 
    if(size(array_distinct(transform(certain, key -> split_part(key, '@', 1)))) = 1,
      'sole', 'used') AS kind,
    explode(certain) AS rule_key
  FROM (SELECT day, inline(sure) FROM {rows})
  UNION ALL
  SELECT day, requests, 'ambiguous', explode(possible)
  FROM (SELECT day, inline(sure) FROM {rows})
  UNION ALL
  SELECT day, requests, 'ambiguous', explode(concat(certain, possible))
  FROM (SELECT day, inline(doubted) FROM {rows})
)
GROUP BY day, rule_key
