-- What a manager chooses from for a customer: the groups, and the country's code for phone numbers typed with a 0.
CREATE OR REPLACE FUNCTION api.m_customer_choices(store int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM manager_of_login();
  RETURN jsonb_build_object(
    'groups', (SELECT coalesce(jsonb_agg(jsonb_build_array(g.code, g.name) ORDER BY g.name), '[]') FROM customer_group g),
    'dial', coalesce((SELECT r.dial FROM customer_rule r WHERE r.store_id = granted_store($1)), ''));
END $$;
COMMENT ON FUNCTION api.m_customer_choices(int) IS 'Groups of customers by code and name, and the dial code of a granted store.';
GRANT EXECUTE ON FUNCTION api.m_customer_choices(int) TO pos_manager;
