-- How many documents a filter finds; beyond ten thousand it stops counting and says so.
CREATE OR REPLACE FUNCTION api.m_documents_count(filter jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store((filter->>'store')::int);
  v_n bigint;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RETURN jsonb_build_object('count', 0, 'capped', 0);
  END IF;
  EXECUTE format('SELECT count(*) FROM (SELECT FROM document d WHERE %s LIMIT 10001) x', m_documents_filter(filter, v_store)) INTO v_n;
  RETURN jsonb_build_object('count', least(v_n, 10000), 'capped', (v_n > 10000)::int);
END $$;
COMMENT ON FUNCTION api.m_documents_count(jsonb) IS 'How many documents of a granted store a filter finds, up to 10 000.';
GRANT EXECUTE ON FUNCTION api.m_documents_count(jsonb) TO pos_manager;
