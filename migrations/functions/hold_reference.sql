-- Keeps the code of a mobile payment for one basket; why not, when another has it or it paid a sale already.
CREATE OR REPLACE FUNCTION pos.hold_reference(sale uuid, kind text, ref text, t pos.till) RETURNS text
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p_sale ALIAS FOR $1;
  p_kind ALIAS FOR $2;
  p_ref ALIAS FOR $3;
BEGIN
  IF p_kind IS DISTINCT FROM 'mobile' OR NOT tender_taken(t.store_id, p_kind) THEN RETURN 'tender_kind'; END IF;
  IF p_ref !~ '^[A-Z][A-Z0-9]{9}$' THEN RETURN 'code'; END IF;
  DELETE FROM reference_hold x USING (SELECT y.kind, y.ref FROM reference_hold y WHERE y.until < now() - interval '1 hour'
                                      FOR UPDATE SKIP LOCKED) old
   WHERE x.kind = old.kind AND x.ref = old.ref;
  INSERT INTO reference_hold AS h (kind, ref, sale_id, till_id, until)
    VALUES (p_kind, p_ref, p_sale, t.id, now() + interval '10 minutes')
    ON CONFLICT (kind, ref) DO UPDATE SET sale_id = excluded.sale_id, till_id = excluded.till_id, until = excluded.until
     WHERE h.sale_id = excluded.sale_id OR h.until < now();
  IF NOT FOUND OR EXISTS (SELECT FROM payment_reference r WHERE r.kind = p_kind AND r.ref = p_ref) THEN
    RETURN 'ref_used';
  END IF;
  RETURN NULL;
END $$;
