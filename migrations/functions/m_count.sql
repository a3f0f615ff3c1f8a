-- How many items a filter finds; beyond ten thousand it stops counting and says so.
CREATE OR REPLACE FUNCTION api.m_count(filter jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store((filter->>'store')::int);
  v_n bigint;
BEGIN
  PERFORM manager_of_login();
  EXECUTE format('SELECT count(*) FROM (SELECT FROM item i JOIN stock k ON k.item_id = i.id AND k.store_id = $1 WHERE %s'
                 ' LIMIT 10001) x', m_filter(filter)) INTO v_n USING v_store;
  RETURN jsonb_build_object('count', least(v_n, 10000), 'capped', (v_n > 10000)::int);
END $$;
COMMENT ON FUNCTION api.m_count(jsonb) IS 'How many items of a granted store a filter finds, up to 10 000.';
GRANT EXECUTE ON FUNCTION api.m_count(jsonb) TO pos_manager;
