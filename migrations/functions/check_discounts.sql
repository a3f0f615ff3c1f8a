-- What is wrong with the discounts of a sale. discount_sum: more than its percentage comes to (the law may leave less). no_discount: the
-- cashier's role may not give so much, and nobody who may has approved it.
-- A role's limit holds for each line's own discount and for the sale's as a whole; a role that may give discounts and has
-- no limit in role_limit may give any.
CREATE OR REPLACE FUNCTION pos.check_discounts(d jsonb, t pos.till) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  x record;
BEGIN
  WITH taken AS (
    SELECT l.n, e->>'kind' AS kind, (e->>'amount')::numeric AS off, (e->>'ppm')::numeric AS ppm,
           l.amount - coalesce((SELECT sum((g->>'amount')::numeric) FROM jsonb_array_elements(l.given) g), 0) AS base,
           coalesce((SELECT sum((g->>'amount')::numeric) FROM jsonb_array_elements(l.discounts) g WHERE g->>'kind' = 'line'), 0) AS own
      FROM jsonb_to_recordset(d->'lines') AS l(n int, qty bigint, deposit_for int, amount numeric, given jsonb, discounts jsonb)
      LEFT JOIN LATERAL jsonb_array_elements(l.discounts) e ON true
     WHERE l.qty > 0 AND l.deposit_for IS NULL
  ), asked AS (
    SELECT n AS line, sum(off) AS off, max(ppm) AS ppm, max(base) AS base, count(*) > 1 AS twice
      FROM taken WHERE kind = 'line' GROUP BY n
    UNION ALL
    SELECT 0, sum(off) FILTER (WHERE kind = 'sale'), max(ppm) FILTER (WHERE kind = 'sale'),
           (SELECT sum(y.base - y.own) FROM (SELECT DISTINCT n, base, own FROM taken) y),
           count(DISTINCT ppm) FILTER (WHERE kind = 'sale') > 1
      FROM taken HAVING count(*) FILTER (WHERE kind = 'sale') > 0
  )
  SELECT bool_or(a.twice OR (a.ppm IS NOT NULL AND a.off > round_div(a.base * a.ppm, 1000000))) AS odd,
         bool_or(NOT discount_allowed(d, t, a.line, a.off, a.base, a.ppm)) AS over
    INTO x FROM asked a;
  RETURN array_remove(ARRAY[CASE WHEN x.odd THEN 'discount_sum' END, CASE WHEN x.over THEN 'no_discount' END], NULL);
END $$;
