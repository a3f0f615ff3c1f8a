-- The keeper is at work.
CREATE OR REPLACE FUNCTION api.keeper_beat(host text, version text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
  INSERT INTO keeper_beat (seen_at, host, version) VALUES (clock_timestamp(), left($1, 200), left($2, 40))
    ON CONFLICT (one) DO UPDATE SET seen_at = excluded.seen_at, host = excluded.host, version = excluded.version
$$;
COMMENT ON FUNCTION api.keeper_beat(text, text) IS 'Notes that the keeper works, and on which machine.';
GRANT EXECUTE ON FUNCTION api.keeper_beat(text, text) TO pos_keeper;
