-- The manager has looked at an alert. One that tells of a deed and not of a state is over with that.
CREATE OR REPLACE FUNCTION api.m_alert_seen(id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
  PERFORM manager_of_login();
  UPDATE alert a SET seen_at = now(), seen_by = session_user,
         cleared_at = CASE WHEN a.kind = 'session_ended' THEN coalesce(a.cleared_at, now()) ELSE a.cleared_at END
   WHERE a.id = $1 AND a.seen_at IS NULL
     AND (a.store_id IS NULL OR a.store_id IN (SELECT g.store_id FROM manager_store g WHERE g.login = session_user));
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION api.m_alert_seen(bigint) IS 'Marks an alert as seen by this manager; false when somebody had already.';
GRANT EXECUTE ON FUNCTION api.m_alert_seen(bigint) TO pos_manager;
