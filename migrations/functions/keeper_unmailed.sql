-- Alerts of the last day that nobody has been sent a mail about, oldest first.
CREATE OR REPLACE FUNCTION api.keeper_unmailed() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'id', a.id, 'kind', a.kind, 'severity', a.severity, 'store', s.number, 'till', t.number, 'subject', a.subject,
           'times', a.times, 'raised_at', utc_text(a.raised_at), 'cleared_at', utc_text(a.cleared_at),
           'seen_at', utc_text(a.seen_at), 'seen_by', a.seen_by, 'detail', a.detail) ORDER BY a.id), '[]')
    FROM alert a LEFT JOIN store s ON s.id = a.store_id LEFT JOIN till t ON t.id = a.till_id
   WHERE a.mailed_at IS NULL AND a.raised_at > now() - interval '1 day' AND a.kind <> 'mail_stuck'
$$;
COMMENT ON FUNCTION api.keeper_unmailed() IS 'Alerts still to be mailed.';
GRANT EXECUTE ON FUNCTION api.keeper_unmailed() TO pos_keeper;
