-- What stands in the way of a basket's promotions and coupons before pay: coupon, coupon_used, or promotion: one does not
-- hold any more (the till had not heard of it). Null when all is well.
CREATE OR REPLACE FUNCTION pos.deal_breach(body jsonb, t pos.till) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_now   timestamptz := clock_timestamp();
  v_began timestamptz := least(greatest(coalesce((body->>'began')::timestamptz, v_now), v_now - interval '36 hours'), v_now);
BEGIN
  RETURN CASE
    WHEN body ? 'coupons' AND check_coupons(body->'coupons') <> '{}' THEN (check_coupons(body->'coupons'))[1]
    WHEN EXISTS (
      SELECT FROM jsonb_array_elements(coalesce(body->'promotions', '[]')) x
        LEFT JOIN promotion p ON p.id = x::bigint
        JOIN store s ON s.id = t.store_id
       WHERE p.id IS NULL OR NOT promotion_live(p, t.store_id, s.time_zone, v_began, v_now)) THEN 'promotion' END;
END $$;
