-- A time as documents write it: UTC, milliseconds, always the same length.
CREATE OR REPLACE FUNCTION pos.utc_text(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
