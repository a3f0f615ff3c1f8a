-- Takes a parked basket up again: the first till gets it, any other gets null.
CREATE OR REPLACE FUNCTION api.recall_sale(sale uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  t till := till_of_login();
  v_body jsonb;
BEGIN
  DELETE FROM held_sale WHERE store_id = t.store_id AND sale_id = $1 RETURNING body INTO v_body;
  -- A till whose recall got no answer may have gone on with it, and sold it.
  RETURN CASE WHEN NOT EXISTS (SELECT FROM sale b WHERE b.store_id = t.store_id AND b.sale_id = $1) THEN v_body END;
END $$;
COMMENT ON FUNCTION api.recall_sale(uuid) IS 'The parked basket, now this till''s, or null when another was first.';
GRANT EXECUTE ON FUNCTION api.recall_sale(uuid) TO pos_till;
