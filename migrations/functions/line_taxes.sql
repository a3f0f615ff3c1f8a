-- A document's lines as tax_sale() wants them: the net amount and the taxes, which a line under one tax names by its code;
-- its rate is its own, or the one its code stands with in the document's taxes.
CREATE OR REPLACE FUNCTION pos.line_taxes(d jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'amount', coalesce(l->'net', l->'amount'),
           'taxes', coalesce(l->'taxes', jsonb_build_array(jsonb_build_object(
                      'code', l->'tax',
                      'rate', coalesce(l->'rate', (SELECT e->'rate' FROM jsonb_array_elements(d->'taxes') e
                                                    WHERE e->'code' = l->'tax' LIMIT 1))))))), '[]')
    FROM jsonb_array_elements(d->'lines') l
$$;
