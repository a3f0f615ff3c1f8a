-- The taxes of a sale: by code over what is left of its lines, each rounded once, at the rate of the sale's legal date.
CREATE OR REPLACE FUNCTION pos.check_taxes(d jsonb, s pos.store, at timestamptz)
RETURNS pos.finding LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  x record;
BEGIN
  SELECT coalesce(bool_and(coalesce(w.code = e.code AND e.rate BETWEEN 0 AND 10000000
             AND e.tax = CASE s.tax_mode WHEN 'included' THEN round_div(w.amount * e.rate, 1000000 + e.rate)
                                         ELSE round_div(w.amount * e.rate, 1000000) END
             AND CASE s.tax_mode WHEN 'included' THEN e.gross = w.amount AND e.net = w.amount - e.tax
                                 ELSE e.net = w.amount AND e.gross = w.amount + e.tax END, false)), false)
           AND count(*) = count(DISTINCT w.code) AS summed,
         coalesce(bool_or(e.rate IS DISTINCT FROM tax_rate_on(e.code, (check_taxes.at AT TIME ZONE s.time_zone)::date)), false) AS moved,
         sum(e.gross) AS gross
    INTO x
    FROM (SELECT tax AS code, sum(coalesce(net, amount)::numeric) AS amount
            FROM jsonb_to_recordset(d->'lines') AS i(tax text, amount bigint, net bigint) GROUP BY tax) w
    FULL JOIN jsonb_to_recordset(d->'taxes') AS e(code text, rate int, net bigint, tax bigint, gross bigint) ON e.code = w.code;
  RETURN (CASE WHEN NOT x.summed THEN 'taxes' WHEN x.gross IS DISTINCT FROM (d->>'total')::bigint THEN 'total' END,
          CASE WHEN x.moved THEN ARRAY['tax_moved'] ELSE '{}'::text[] END, '{}'::text[])::finding;
END $$;
