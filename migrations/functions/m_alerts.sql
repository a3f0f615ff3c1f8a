-- What is wrong now in a granted store and at the server, and what was wrong and nobody has looked at, worst first.
-- When the keeper itself has not been at work, the first row says so: nothing else on the list is news then.
CREATE OR REPLACE FUNCTION api.m_alerts(store int, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
  v_now timestamptz := clock_timestamp();
  v_rows jsonb;
  v_away jsonb;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RETURN '[]';
  END IF;
  SELECT jsonb_agg(jsonb_build_object(
           'id', 0, 'kind', r.kind, 'severity', r.severity, 'store', NULL, 'till', NULL, 'subject', '', 'times', 1,
           'raised_at', utc_text(coalesce(k.seen_at, v_now)), 'cleared_at', NULL, 'seen_at', NULL, 'seen_by', NULL,
           'detail', jsonb_build_object('seconds', extract(epoch FROM v_now - k.seen_at)::bigint)))
    INTO v_away
    FROM alert_rule r LEFT JOIN keeper_beat k ON true
   WHERE r.kind = 'keeper_away' AND (k.seen_at IS NULL OR k.seen_at < v_now - r.threshold * interval '1 second');
  SELECT jsonb_agg(jsonb_build_object(
           'id', x.id, 'kind', x.kind, 'severity', x.severity, 'store', x.store_number, 'till', x.till_number,
           'subject', x.subject, 'times', x.times, 'raised_at', utc_text(x.raised_at), 'cleared_at', utc_text(x.cleared_at),
           'seen_at', utc_text(x.seen_at), 'seen_by', x.seen_by, 'detail', x.detail)
           ORDER BY x.cleared_at IS NOT NULL, x.severity, x.id DESC)
    INTO v_rows
    FROM (SELECT a.*, s.number AS store_number, t.number AS till_number
            FROM alert a LEFT JOIN store s ON s.id = a.store_id LEFT JOIN till t ON t.id = a.till_id
           WHERE (a.store_id = v_store OR a.store_id IS NULL)
             AND (a.cleared_at IS NULL OR (a.seen_at IS NULL AND a.raised_at > v_now - interval '30 days'))
           ORDER BY a.cleared_at IS NOT NULL, a.severity, a.id DESC LIMIT least(greatest($2, 1), 500)) x;
  RETURN coalesce(v_away, '[]') || coalesce(v_rows, '[]');
END $$;
COMMENT ON FUNCTION api.m_alerts(int, int) IS 'Alerts of a granted store and of the server: open ones, then those over but not yet seen.';
GRANT EXECUTE ON FUNCTION api.m_alerts(int, int) TO pos_manager;
