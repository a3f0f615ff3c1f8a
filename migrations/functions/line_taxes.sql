-- A document's lines as tax_sale() wants them: what is to be paid for each, and its taxes.
CREATE OR REPLACE FUNCTION pos.line_taxes(d jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('amount', coalesce(l->'net', l->'amount'), 'taxes', taxes_of_line(d, l))), '[]')
    FROM jsonb_array_elements(d->'lines') l
$$;
