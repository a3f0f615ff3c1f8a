-- How many customers words find; beyond ten thousand it stops counting and says so.
CREATE OR REPLACE FUNCTION api.m_customers_count(words text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE v_n int;
BEGIN
  PERFORM manager_of_login();
  v_n := cardinality(m_customers_find(words, NULL, 10001));
  RETURN jsonb_build_object('count', least(v_n, 10000), 'capped', (v_n > 10000)::int);
END $$;
COMMENT ON FUNCTION api.m_customers_count(text) IS 'How many customers words find, up to 10 000.';
GRANT EXECUTE ON FUNCTION api.m_customers_count(text) TO pos_manager;
