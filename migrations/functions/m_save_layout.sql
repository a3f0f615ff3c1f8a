-- Remembers how this manager wants a table of the inventory window.
CREATE OR REPLACE FUNCTION api.m_save_layout(page text, layout jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
  PERFORM manager_of_login();
  INSERT INTO manager_layout AS l (login, page, layout) VALUES (session_user, $1, $2)
    ON CONFLICT ON CONSTRAINT manager_layout_pkey DO UPDATE SET layout = excluded.layout;
END $$;
COMMENT ON FUNCTION api.m_save_layout(text, jsonb) IS 'Remembers the columns this manager chose for a page.';
GRANT EXECUTE ON FUNCTION api.m_save_layout(text, jsonb) TO pos_manager;
