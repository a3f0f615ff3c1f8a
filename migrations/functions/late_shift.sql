-- Where a document goes that a till made alone in a shift that is closed by now: into the shift open on its drawer, or
-- into a late one of its own (float 0, this document's id, not written yet). A closed shift is never opened again.
CREATE OR REPLACE FUNCTION pos.late_shift(d jsonb, t pos.till, s pos.store) RETURNS pos.shift
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  h shift;
BEGIN
  SELECT * INTO h FROM shift WHERE store_id = t.store_id AND drawer_id = t.drawer_id AND till_id = t.id AND closed_at IS NULL;
  -- Somebody must answer for a shift, and a drawer has one at a time.
  IF h.id IS NULL AND EXISTS (SELECT FROM staff WHERE number = (d->>'cashier')::int)
     AND NOT EXISTS (SELECT FROM shift WHERE store_id = t.store_id AND drawer_id = t.drawer_id AND closed_at IS NULL) THEN
    h.id := (d->>'id')::uuid;
    h.store_id := t.store_id;
    h.drawer_id := t.drawer_id;
    h.till_id := t.id;
    h.business_date := ((d->>'at')::timestamptz + coalesce((d->>'offset_ms')::bigint, 0) * interval '1 millisecond')
                       AT TIME ZONE s.time_zone - day_starts(s.number) * interval '1 minute';
    h.opened_by := (d->>'cashier')::int;
    h.float := 0;
    h.single := false;
  END IF;
  RETURN h;
END $$;
