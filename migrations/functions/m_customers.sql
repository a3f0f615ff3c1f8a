-- A page of customers as managers see them, by name. They are the whole shop's, not a store's.
CREATE OR REPLACE FUNCTION api.m_customers(words text, after jsonb, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_lim int := least(greatest(lim, 1), 250);
  v_found bigint[];
BEGIN
  PERFORM manager_of_login();
  v_found := m_customers_find(words, after, v_lim + 1);
  RETURN jsonb_build_object('more', (cardinality(v_found) > v_lim)::int,
    'rows', (SELECT coalesce(jsonb_agg(customer_state(n) ORDER BY at), '[]') FROM unnest(v_found[1:v_lim]) WITH ORDINALITY u(n, at)));
END $$;
COMMENT ON FUNCTION api.m_customers(text, jsonb, int) IS 'Customers by name: those that words find, after a place, so many.';
GRANT EXECUTE ON FUNCTION api.m_customers(text, jsonb, int) TO pos_manager;
