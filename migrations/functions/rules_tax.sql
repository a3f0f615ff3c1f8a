-- A store's way of tax, as its tills need it: the rounding method, cash policies [[from, step, method]], composite codes
-- {code: [[part, 1 when due on the taxes before]]}, and the codes with a rate
-- above nothing, each with its name: what a certificate can free from.
CREATE OR REPLACE FUNCTION pos.rules_tax(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'method', s.tax_method,
    'cash', (SELECT coalesce(jsonb_agg(jsonb_build_array(p.valid_from, p.step, p.method) ORDER BY p.valid_from), '[]')
               FROM cash_policy p WHERE p.store_id = s.id),
    'parts', (SELECT coalesce(jsonb_object_agg(x.tax, x.parts), '{}') FROM (
                SELECT p.tax, jsonb_agg(jsonb_build_array(p.part, p.compound::int) ORDER BY p.n) AS parts
                  FROM tax_part p GROUP BY p.tax) x),
    'codes', (SELECT coalesce(jsonb_agg(jsonb_build_array(x.code, x.name) ORDER BY x.code), '[]') FROM tax x
               WHERE tax_rate_on(x.code, (now() AT TIME ZONE s.time_zone)::date) > 0))
    FROM store s WHERE s.id = rules_tax.store
$$;
