-- What stands on the papers of a granted store, for the manager who words it: null when the store is not granted.
CREATE OR REPLACE FUNCTION api.m_papers(store int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
BEGIN
  PERFORM manager_of_login();
  RETURN rules_papers(v_store);
END $$;
COMMENT ON FUNCTION api.m_papers(int) IS 'Header, footer, legal line and own words of a granted store''s papers.';
GRANT EXECUTE ON FUNCTION api.m_papers(int) TO pos_manager;
