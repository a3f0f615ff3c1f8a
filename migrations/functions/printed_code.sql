-- A canonical code as it stands under the bars: a GTIN without its padding.
CREATE OR REPLACE FUNCTION pos.printed_code(code text) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN code !~ '^[0-9]{14}$' THEN code WHEN code LIKE '000000%' THEN substr(code, 7)
                    WHEN code LIKE '00%' THEN substr(code, 3) WHEN code LIKE '0%' THEN substr(code, 2) ELSE code END $$;
