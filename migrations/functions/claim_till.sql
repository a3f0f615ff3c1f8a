-- A new machine shows the second half of its one-time code (the first half let it log in) and the SCRAM verifier of the
-- secret it made for itself; in the same transaction it makes that its password. A code counts once, for its time, and
-- for five wrong tries; the manager is told.
-- Locks: own till row, then its code.
CREATE OR REPLACE FUNCTION api.claim_till(proof bytea, verifier text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t till;
  e enrolment;
BEGIN
  SELECT * INTO t FROM till WHERE login = (session_user COLLATE "default") FOR UPDATE;
  SELECT * INTO e FROM enrolment WHERE till_id = t.id FOR UPDATE;
  IF e.till_id IS NULL OR t.blocked THEN
    RETURN jsonb_build_object('outcome', 'withdrawn');
  ELSIF e.used_at IS NOT NULL OR t.claimed THEN
    RETURN jsonb_build_object('outcome', 'used');
  ELSIF e.misses >= 5 THEN
    RETURN jsonb_build_object('outcome', 'spent');
  ELSIF e.until <= clock_timestamp() THEN
    RETURN jsonb_build_object('outcome', 'expired');
  ELSIF e.proof IS DISTINCT FROM sha256(claim_till.proof) THEN
    UPDATE enrolment SET misses = misses + 1 WHERE till_id = t.id;
    IF e.misses = 4 THEN
      INSERT INTO flag (store_id, till_id, kind, alarm) VALUES (t.store_id, t.id, 'code_guessing', true);
    END IF;
    RETURN jsonb_build_object('outcome', 'wrong', 'left', 4 - e.misses);
  ELSIF verifier !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/=]{16,64}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RETURN jsonb_build_object('outcome', 'verifier');
  END IF;
  UPDATE enrolment SET used_at = clock_timestamp() WHERE till_id = t.id;
  UPDATE till SET claimed = true, enrolled_at = clock_timestamp() WHERE id = t.id;
  UPDATE login_seal SET seal = sha256(convert_to(verifier, 'UTF8')), made_at = clock_timestamp() WHERE login = t.login;
  INSERT INTO flag (store_id, till_id, kind, detail) VALUES (t.store_id, t.id, 'till_claimed', jsonb_build_object('made_by', e.made_by));
  INSERT INTO audit (store_id, what, subject) VALUES (t.store_id, 'till_claimed', t.number::text);
  RETURN (SELECT jsonb_build_object('outcome', 'ok', 'store', s.number, 'till', t.number) FROM store s WHERE s.id = t.store_id);
END $$;
COMMENT ON FUNCTION api.claim_till(bytea, text) IS 'Claims a till for the machine that has its one-time code.';
GRANT EXECUTE ON FUNCTION api.claim_till(bytea, text) TO pos_till;
