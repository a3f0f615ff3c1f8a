-- The manager has looked at a flag.
CREATE OR REPLACE FUNCTION api.m_flag_seen(id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
  PERFORM manager_of_login();
  UPDATE flag f SET seen_at = now(), seen_by = session_user
   WHERE f.id = $1 AND f.seen_at IS NULL
     AND f.store_id IN (SELECT g.store_id FROM manager_store g WHERE g.login = session_user);
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION api.m_flag_seen(bigint) IS 'Marks a flag as seen by this manager.';
GRANT EXECUTE ON FUNCTION api.m_flag_seen(bigint) TO pos_manager;
