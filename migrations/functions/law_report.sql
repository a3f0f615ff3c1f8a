-- What an inspector asks: each age check and refusal, who allowed what, what was sold against the law and what the server
-- stopped, with who was at the till and when; of a store from one time to another. Nothing in it is about a customer.
--   check      sold after an age check            result: id_checked, clearly_over; method: how it was seen
--   refusal    not sold after an age check        result: refused
--   approval   somebody else allowed it           result: the permission
--   flagged    sold against the law (alone, or after a card was charged)   result: what against
--   stopped    the server would not book it       result: why
CREATE OR REPLACE FUNCTION pos.law_report(store bigint, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, till int, epoch int, no bigint, who int, what text, min_age int, result text, method text,
               allowed_by int, goods text)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH doc AS MATERIALIZED (
    SELECT d.id, d.kind, d.epoch, d.no, d.cashier, d.server_at, d.outcome, d.reason, d.flags, t.number AS till,
           CASE WHEN d.kind IN ('sale', 'refund') AND d.reason IS DISTINCT FROM 'malformed'
                     AND (d.body LIKE '%"min_age"%' OR d.body LIKE '%"serve_under_age"%'
                          OR d.flags && '{blocked,age_unchecked,hours,limit,lowest_price,under_age}'
                          OR d.reason IN ('blocked', 'age_unchecked', 'hours', 'limit', 'lowest_price', 'under_age'))
                THEN d.body::jsonb END AS body
      FROM document d JOIN till t ON t.id = d.till_id
     WHERE d.store_id = law_report.store AND d.server_at >= law_report.since AND d.server_at < law_report.until
       AND d.kind IN ('sale', 'refund', 'event')
  ), named AS (
    SELECT doc.id, string_agg(l.name, '; ' ORDER BY l.n) FILTER (WHERE l.min_age IS NOT NULL) AS aged,
           string_agg(l.name, '; ' ORDER BY l.n) AS every
      FROM doc, jsonb_to_recordset(doc.body->'lines') AS l(n int, name text, min_age int)
     WHERE doc.body IS NOT NULL GROUP BY doc.id
  )
  SELECT doc.server_at, doc.till, doc.epoch, doc.no, doc.cashier, 'check', c.min_age, c.result, coalesce(c.method, ''), NULL::int, named.aged
    FROM doc JOIN named ON named.id = doc.id,
         jsonb_to_recordset(doc.body->'checks') AS c(kind text, min_age int, result text, method text)
   WHERE doc.outcome <> 'refused' AND c.kind = 'age' AND c.result <> 'refused'
  UNION ALL
  SELECT doc.server_at, doc.till, doc.epoch, doc.no, doc.cashier, 'refusal', (e.detail->>'min_age')::int, 'refused',
         coalesce(e.detail->>'method', ''), NULL, i.name
    FROM doc JOIN event e ON e.document_id = doc.id AND e.name = 'age_refused'
    LEFT JOIN item i ON i.id = (e.detail->>'item')::bigint
  UNION ALL
  SELECT doc.server_at, doc.till, doc.epoch, doc.no, doc.cashier, 'approval', NULL, a.what, '', a.by, named.aged
    FROM doc JOIN named ON named.id = doc.id, jsonb_to_recordset(doc.body->'approvals') AS a(what text, by int)
   WHERE doc.outcome <> 'refused' AND a.what = 'serve_under_age'
  UNION ALL
  SELECT doc.server_at, doc.till, doc.epoch, doc.no, doc.cashier, 'flagged', NULL, f.kind, '', NULL, named.every
    FROM doc JOIN named ON named.id = doc.id, unnest(doc.flags) AS f(kind)
   WHERE doc.outcome = 'flagged' AND f.kind IN ('blocked', 'age_unchecked', 'hours', 'limit', 'lowest_price', 'under_age')
  UNION ALL
  SELECT doc.server_at, doc.till, doc.epoch, doc.no, doc.cashier, 'stopped', NULL, doc.reason, '', NULL, named.every
    FROM doc JOIN named ON named.id = doc.id
   WHERE doc.outcome = 'refused' AND doc.reason IN ('blocked', 'age_unchecked', 'hours', 'limit', 'lowest_price', 'under_age')
   ORDER BY 1, 2, 4, 6
$$;
