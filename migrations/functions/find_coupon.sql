-- A scanned coupon: its promotion and whether it can still be used, or null when the code is no coupon.
CREATE OR REPLACE FUNCTION api.find_coupon(code text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT jsonb_build_object('code', k.code, 'promotion', p.id, 'name', p.name,
                                    'used', (k.single AND k.used_by IS NOT NULL)::int,
                                    'ended', (p.ended_at IS NOT NULL OR NOT (p.stores = '{}' OR t.store_id = ANY (p.stores)))::int)
            FROM coupon k JOIN promotion p ON p.id = k.promotion_id WHERE k.code = find_coupon.code);
END $$;
COMMENT ON FUNCTION api.find_coupon(text) IS 'The promotion a coupon is for and whether it is used up, or null when there is no such coupon.';
GRANT EXECUTE ON FUNCTION api.find_coupon(text) TO pos_till;
