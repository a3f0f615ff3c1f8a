-- The parked baskets of this store, oldest first; not those sold meanwhile by a till whose recall got no answer.
CREATE OR REPLACE FUNCTION api.held_sales() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('sale', k.sale_id, 'label', k.label, 'till', x.number,
                                                       'held_at', utc_text(k.held_at), 'body', k.body)
                                    ORDER BY k.held_at, k.sale_id), '[]')
            FROM held_sale k JOIN till x ON x.id = k.till_id WHERE k.store_id = t.store_id
             AND NOT EXISTS (SELECT FROM sale b WHERE b.store_id = k.store_id AND b.sale_id = k.sale_id));
END $$;
COMMENT ON FUNCTION api.held_sales() IS 'The parked baskets of this store.';
GRANT EXECUTE ON FUNCTION api.held_sales() TO pos_till;
