-- What a tax code comes to on a legal local date, for people and margins: its rate, or for a composite code all its taxes
-- together, in parts per million of net; empty when it has none yet. Nothing is booked by it.
CREATE OR REPLACE FUNCTION pos.tax_rate_shown(code text, day date) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_rate int := tax_rate_on(tax_rate_shown.code, day);
  v_all  numeric;
  x      record;
BEGIN
  IF v_rate IS NULL THEN
    FOR x IN SELECT (e->>'rate')::numeric AS rate, e ? 'on' AS compound
               FROM jsonb_array_elements(composite_taxes(tax_rate_shown.code, day)) WITH ORDINALITY AS a(e, o) ORDER BY o
    LOOP
      v_all := coalesce(v_all, 0) + x.rate * (1 + CASE WHEN x.compound THEN coalesce(v_all, 0) / 1000000 ELSE 0 END);
    END LOOP;
  END IF;
  RETURN coalesce(v_rate, round(v_all)::int);
END $$;
