-- What the keeper goes by: the limit of each alert, and how long sessions of each group may take.
CREATE OR REPLACE FUNCTION api.keeper_rules() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'alerts', (SELECT jsonb_object_agg(r.kind, r.threshold) FROM alert_rule r),
    'sessions', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.role), '[]') FROM session_rule s))
$$;
COMMENT ON FUNCTION api.keeper_rules() IS 'Limits of alerts by kind, and of sessions by group, in seconds.';
GRANT EXECUTE ON FUNCTION api.keeper_rules() TO pos_keeper;
