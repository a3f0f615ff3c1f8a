-- How this manager wants a table of the inventory window; empty before the first choice.
CREATE OR REPLACE FUNCTION api.m_layout(page text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM manager_of_login();
  RETURN coalesce((SELECT l.layout FROM manager_layout l WHERE l.login = session_user AND l.page = $1), '{}');
END $$;
COMMENT ON FUNCTION api.m_layout(text) IS 'The columns this manager chose for a page.';
GRANT EXECUTE ON FUNCTION api.m_layout(text) TO pos_manager;
