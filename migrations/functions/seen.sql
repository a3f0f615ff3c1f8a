-- A till reports twice a minute: what it has not got an answer for, how old the oldest of it is (seconds on its own
-- clock, which may be wrong but runs), and how far its clock is off. Takes no lock a sale waits for.
CREATE OR REPLACE FUNCTION api.seen(pending int, oldest_seconds int, offset_ms bigint, program_version text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '1s' AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
  v_now timestamptz := clock_timestamp();
  v_pending int := least(greatest(coalesce(seen.pending, 0), 0), 1000000);
  v_since timestamptz := CASE WHEN v_pending > 0
    THEN v_now - least(greatest(coalesce(seen.oldest_seconds, 0), 0), 315360000) * interval '1 second' END;
BEGIN
  INSERT INTO till_beat (till_id, seen_at, pending, pending_since, offset_ms)
    VALUES (t.id, v_now, v_pending, v_since, coalesce(seen.offset_ms, 0))
    ON CONFLICT (till_id) DO UPDATE SET seen_at = excluded.seen_at, pending = excluded.pending,
      pending_since = excluded.pending_since, offset_ms = excluded.offset_ms;
  RETURN jsonb_build_object('server_at', utc_text(v_now));
END $$;
COMMENT ON FUNCTION api.seen(int, int, bigint, text) IS 'A till''s report: unanswered documents, age of the oldest in seconds, clock offset in milliseconds.';
GRANT EXECUTE ON FUNCTION api.seen(int, int, bigint, text) TO pos_till;
