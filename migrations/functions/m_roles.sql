-- What each role may do at a till, and how far, as a manager reads it.
CREATE OR REPLACE FUNCTION api.m_roles() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM manager_of_login();
  RETURN (SELECT jsonb_object_agg(r.name, role_state(r.name)) FROM role r);
END $$;
COMMENT ON FUNCTION api.m_roles() IS 'By role: its title, its permissions and how far it goes.';
GRANT EXECUTE ON FUNCTION api.m_roles() TO pos_manager;
