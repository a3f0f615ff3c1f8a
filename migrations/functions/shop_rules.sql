-- The shop's rules for this till's store, one key for each part; a part's function is pos.rules_PART(store). Read at the
-- start of a till and after a change of the shop (a change with no items), and kept for when the server is away.
CREATE OR REPLACE FUNCTION api.shop_rules() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN jsonb_build_object(
    'promotions', rules_promotions(t.store_id),
    'tax', rules_tax(t.store_id),
    'papers', rules_papers(t.store_id),
    'tenders', rules_tenders(t.store_id),
    'customers', rules_customers(t.store_id),
    'law', rules_law(t.store_id),
    'cash', rules_cash(t.store_id));
END $$;
COMMENT ON FUNCTION api.shop_rules() IS 'Promotions and all other rules of this till''s store, one key for each part.';
GRANT EXECUTE ON FUNCTION api.shop_rules() TO pos_till;
