-- What is wrong with the coupons of a sale: coupon, one is not of its promotion or stands twice; coupon_used, a single one
-- is used up. book_coupons asks again with the coupons locked.
CREATE OR REPLACE FUNCTION pos.check_coupons(coupons jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  c record;
BEGIN
  SELECT count(*) <> count(DISTINCT k.code) OR bool_or(q.code IS NULL OR q.promotion_id IS DISTINCT FROM k.promotion) AS odd,
         bool_or(q.single AND q.used_by IS NOT NULL) AS used
    INTO c
    FROM jsonb_to_recordset(coupons) AS k(code text, promotion bigint)
    LEFT JOIN coupon q ON q.code = k.code;
  RETURN array_remove(ARRAY[CASE WHEN c.odd THEN 'coupon' END, CASE WHEN c.used THEN 'coupon_used' END], NULL);
END $$;
