-- The taxes of a document's line, each with its rate: those it names, or its code at the rate that stands with it on the line
-- or else in the document's taxes.
CREATE OR REPLACE FUNCTION pos.taxes_of_line(d jsonb, line jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce(line->'taxes', jsonb_build_array(jsonb_build_object('code', line->'tax', 'rate',
           coalesce(line->'rate', (SELECT e->'rate' FROM jsonb_array_elements(d->'taxes') e WHERE e->'code' = line->'tax' LIMIT 1)))))
$$;
