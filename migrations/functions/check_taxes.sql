-- The taxes of a sale or refund, its total, and the rounding of its cash. A sale of one tax a line, rounded by rate, is
-- worked out here in one query; anything else by check_taxes_worked(). The document says which, and by what method.
DROP FUNCTION IF EXISTS pos.check_taxes(jsonb, pos.store, timestamptz);
CREATE OR REPLACE FUNCTION pos.check_taxes(d jsonb, s pos.store, at timestamptz, rights text[])
RETURNS pos.finding LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  x record;
  v finding;
  v_day date := (check_taxes.at AT TIME ZONE s.time_zone)::date;
  v_due bigint;
BEGIN
  IF d ?| '{tax_method,exempt}' OR d->'lines' @? '$[*] ? (exists(@.taxes) || exists(@.rate))' THEN
    v := check_taxes_worked(d, s, v_day, rights);
  ELSE
    SELECT coalesce(bool_and(coalesce(w.code = e.code AND e.rate BETWEEN 0 AND 10000000
               AND e.tax = CASE s.tax_mode WHEN 'included' THEN round_div(w.amount * e.rate, 1000000 + e.rate)
                                           ELSE round_div(w.amount * e.rate, 1000000) END
               AND CASE s.tax_mode WHEN 'included' THEN e.gross = w.amount AND e.net = w.amount - e.tax
                                   ELSE e.net = w.amount AND e.gross = w.amount + e.tax END, false)), false)
             AND count(*) = count(DISTINCT w.code) AS summed,
           coalesce(bool_or(e.rate IS DISTINCT FROM tax_rate_on(e.code, v_day)), false) AS moved,
           sum(e.gross) AS gross
      INTO x
      FROM (SELECT tax AS code, sum(coalesce(net, amount)::numeric) AS amount
              FROM jsonb_to_recordset(d->'lines') AS i(tax text, amount bigint, net bigint) GROUP BY tax) w
      FULL JOIN jsonb_to_recordset(d->'taxes') AS e(code text, rate int, net bigint, tax bigint, gross bigint) ON e.code = w.code;
    v := (CASE WHEN NOT x.summed THEN 'taxes' WHEN x.gross IS DISTINCT FROM (d->>'total')::bigint THEN 'total' END,
          CASE WHEN x.moved OR s.tax_method <> 'by_rate' THEN ARRAY['tax_moved'] ELSE '{}'::text[] END, '{}'::text[])::finding;
  END IF;
  -- What is left after all other tenders is what cash comes to, and only that is rounded.
  IF v.reason IS NULL AND (d ? 'rounding' OR EXISTS (SELECT FROM cash_policy c WHERE c.store_id = s.id)) THEN
    v_due := (d->>'total')::bigint - coalesce((SELECT sum(k.amount) FROM jsonb_to_recordset(d->'tenders') AS k(kind text, amount bigint)
                                                WHERE k.kind <> 'cash'), 0);
    IF coalesce((d->>'rounding')::bigint, 0) <> cash_rounding(v_due, s.id, v_day) THEN
      v.breach := v.breach || 'rounding'::text;
    END IF;
  END IF;
  RETURN v;
END $$;
