-- What an item gives back at most without a receipt: the lowest price this till's store asked lately, or null without any.
CREATE OR REPLACE FUNCTION api.refund_price(item bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT jsonb_build_object('price', p.price, 'price_version', p.price_version)
            FROM lowest_price($1, t.store_id, clock_timestamp()) p);
END $$;
COMMENT ON FUNCTION api.refund_price(bigint) IS 'The lowest recent price of an item in this store.';
GRANT EXECUTE ON FUNCTION api.refund_price(bigint) TO pos_till;
