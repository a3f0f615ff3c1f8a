-- What an array of {amount} comes to, minor units; 0 without one. Whole lines have none, so it is asked in passing.
CREATE OR REPLACE FUNCTION pos.taken_off(parts jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN parts IS NULL THEN 0 ELSE (
    SELECT coalesce(sum((x->>'amount')::bigint), 0)::bigint FROM jsonb_array_elements(parts) x) END $$;
