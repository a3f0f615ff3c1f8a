-- A person signs in at this till. The till sends what argon2id makes of PIN, salt and pepper; we compare its
-- sha256 and count misses per person and per till, so that neither one till nor many help a guesser. While a
-- wait runs nothing is compared and nothing counted. An unknown number is answered like a wrong PIN.
-- Locks: the counters, till before staff.
CREATE OR REPLACE FUNCTION api.sign_in(number int, secret bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t       till := till_of_login();
  p       record;
  v_wait  double precision;
  v_token text;
  v_who   int := sign_in.number;
BEGIN
  IF v_who IS NULL OR sign_in.secret IS NULL THEN
    RETURN jsonb_build_object('ok', 0, 'wait_seconds', 0);
  END IF;
  INSERT INTO sign_in_count (who, number) VALUES ('till', t.id), ('staff', v_who) ON CONFLICT DO NOTHING;
  PERFORM FROM sign_in_count WHERE who = 'till' AND number = t.id FOR UPDATE;
  PERFORM FROM sign_in_count WHERE who = 'staff' AND number = v_who FOR UPDATE;
  SELECT extract(epoch FROM max(wait_until) - clock_timestamp()) INTO v_wait
    FROM sign_in_count WHERE (who = 'till' AND number = t.id) OR (who = 'staff' AND number = v_who);
  IF v_wait > 0 THEN
    RETURN jsonb_build_object('ok', 0, 'wait_seconds', ceil(v_wait)::int);
  END IF;

  SELECT s.name, s.role, (SELECT jsonb_agg(permission ORDER BY permission) FROM role_permission WHERE role = s.role) AS rights
    INTO p
    FROM staff s JOIN staff_store w ON w.staff = s.number AND w.store_id = t.store_id JOIN staff_secret x ON x.staff = s.number
   WHERE s.number = v_who AND s.active AND x.secret = sha256(sign_in.secret);
  IF NOT FOUND THEN
    RETURN jsonb_build_object('ok', 0, 'wait_seconds', greatest(count_miss('till', t.id), count_miss('staff', v_who)));
  END IF;

  UPDATE sign_in_count SET misses = 0 WHERE (who = 'till' AND number = t.id) OR (who = 'staff' AND number = v_who);
  v_token := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
  INSERT INTO session (till_id, staff, token_hash, until)
    VALUES (t.id, v_who, sha256(convert_to(v_token, 'UTF8')), now() + interval '12 hours')
    ON CONFLICT (till_id, staff) DO UPDATE SET token_hash = excluded.token_hash, until = excluded.until, signed_in_at = now();
  RETURN jsonb_build_object('ok', 1, 'name', p.name, 'role', p.role, 'permissions', p.rights, 'wait_seconds', 0,
                            'session', v_token);
END $$;
COMMENT ON FUNCTION api.sign_in(int, bytea) IS 'Signs a person in at this till, or says how long to wait.';
GRANT EXECUTE ON FUNCTION api.sign_in(int, bytea) TO pos_till;
