-- The taxes that a composite code stands for, in their order and with their rates of a legal local date; empty for a code
-- that is a tax itself. "on": due on the taxes before it as well.
CREATE OR REPLACE FUNCTION pos.composite_taxes(code text, day date) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', p.part, 'rate', coalesce(tax_rate_on(p.part, day), 0),
                                                        'on', CASE WHEN p.compound THEN 1 END)) ORDER BY p.n)
    FROM tax_part p WHERE p.tax = composite_taxes.code
$$;
