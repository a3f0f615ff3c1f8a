-- Minutes after midnight at which a store's business day begins: what opens before belongs to the day before (setting 04:00).
CREATE OR REPLACE FUNCTION pos.day_starts(store int) RETURNS int
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce((SELECT substr(v, 1, 2)::int * 60 + substr(v, 4, 2)::int
                     FROM store_setting('day_starts', $1) v WHERE v ~ '^([01]\d|2[0-3]):[0-5]\d$'), 0)
$$;
