-- Uses up the coupons of a checked sale, locked in the order of their codes. A single one that another till used up since
-- the check: posted again, this sale is refused, or flagged when it stands.
CREATE OR REPLACE FUNCTION pos.book_coupons(d jsonb, doc uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_flags text[] := (SELECT k.flags FROM document k WHERE k.id = doc);
  v_codes text[] := ARRAY(SELECT c.code FROM jsonb_to_recordset(d->'coupons') AS c(code text));
BEGIN
  PERFORM FROM coupon k WHERE k.code = ANY (v_codes) ORDER BY k.code FOR UPDATE;
  IF NOT 'coupon_used' = ANY (v_flags)
     AND EXISTS (SELECT FROM coupon k WHERE k.code = ANY (v_codes) AND k.single AND k.used_by IS NOT NULL) THEN
    RAISE EXCEPTION 'a coupon is being used by another till' USING ERRCODE = 'serialization_failure';
  END IF;
  UPDATE coupon k SET used_by = doc WHERE k.code = ANY (v_codes) AND NOT (k.single AND k.used_by IS NOT NULL);
  INSERT INTO coupon_use (document_id, code, promotion_id)
    SELECT DISTINCT ON (c.code) doc, c.code, c.promotion
      FROM jsonb_to_recordset(d->'coupons') AS c(code text, promotion bigint) ORDER BY c.code, c.promotion;
END $$;
