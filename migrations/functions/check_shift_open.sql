-- A shift opens on this till's own drawer, for a day near today (unless it was booked once before a backup came back),
-- when none is open there.
CREATE OR REPLACE FUNCTION pos.check_shift_open(d jsonb, t pos.till) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_day date;
  v_here date;
  v_drawer int;
BEGIN
  SELECT (clock_timestamp() AT TIME ZONE s.time_zone)::date, w.number INTO v_here, v_drawer
    FROM drawer w JOIN store s ON s.id = w.store_id WHERE w.id = t.drawer_id;
  v_day := CASE WHEN d->>'business_date' ~ '^\d{4}-\d\d-\d\d$' THEN (d->>'business_date')::date END;
  RETURN CASE
    WHEN d->>'shift' IS DISTINCT FROM d->>'id' THEN 'shift'
    WHEN (d->>'drawer')::int IS DISTINCT FROM v_drawer THEN 'drawer'
    WHEN v_day IS NULL OR NOT (v_day BETWEEN v_here - 7 AND v_here + 1 OR d->'flags' ? 'refilled') THEN 'business_date'
    WHEN (d->>'float')::bigint IS NULL OR NOT (d->>'float')::bigint BETWEEN 0 AND 9999999900000 THEN 'float'
    WHEN d ? 'single' AND d->'single' <> '1' THEN 'single'
    WHEN d ? 'counted' AND counted_sum(d->'counted') IS DISTINCT FROM (d->>'float')::bigint THEN 'counts'
    WHEN EXISTS (SELECT FROM shift o WHERE o.store_id = t.store_id AND o.drawer_id = t.drawer_id AND o.closed_at IS NULL)
      THEN 'shift_is_open'
  END;
END $$;
