-- A Z is numbered without gaps, says exactly what the ledger says, and is no further from the count than somebody allowed.
CREATE OR REPLACE FUNCTION pos.check_shift_close(d jsonb, t pos.till, h pos.shift) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_figures jsonb := shift_figures(h, t);
BEGIN
  RETURN CASE
    WHEN (d->>'z')::bigint IS DISTINCT FROM t.z_next THEN 'z_number'
    WHEN (d->>'counted')::bigint IS NULL OR NOT (d->>'counted')::bigint BETWEEN 0 AND 9999999900000
      OR (d->>'blind')::int IS NULL OR NOT (d->>'blind')::int IN (0, 1) THEN 'counted'
    WHEN d->'counts' IS DISTINCT FROM '[]' AND counted_sum(d->'counts') IS DISTINCT FROM (d->>'counted')::bigint THEN 'counts'
    WHEN d->'figures' IS DISTINCT FROM v_figures OR (d->>'expected')::bigint IS DISTINCT FROM (v_figures->>'expected_cash')::bigint
      THEN 'figures_moved'
    WHEN (d->>'over_short')::bigint IS DISTINCT FROM (d->>'counted')::bigint - (d->>'expected')::bigint THEN 'over_short'
    WHEN NOT d->'flags' ? 'refilled' AND NOT difference_allowed(d, t, abs((d->>'over_short')::bigint)) THEN 'difference_over'
  END;
END $$;
