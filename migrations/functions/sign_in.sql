-- Compares the PIN that api.sign_in_try put by, once its count is committed, and signs the person in at this till; or, when
-- what names a permission that person has, notes an approval of it: good for one document, a quarter of an hour long, or for
-- four hours where it belongs to a basket, which may be held meanwhile.
-- Locks: the counters, till before staff.
DROP FUNCTION IF EXISTS api.sign_in(uuid);
CREATE OR REPLACE FUNCTION api.sign_in(try uuid, what text DEFAULT '', about text DEFAULT '') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t       till := till_of_login();
  g       sign_in_try;
  p       record;
  v_token text;
  v_approval uuid;
BEGIN
  PERFORM FROM sign_in_count WHERE who = 'till' AND number = t.id FOR UPDATE;
  SELECT * INTO g FROM sign_in_try
   WHERE till_id = t.id AND id = sign_in.try AND xid <> pg_current_xact_id() AND at > clock_timestamp() - interval '1 minute';
  IF NOT FOUND THEN
    RETURN jsonb_build_object('ok', 0, 'wait_seconds', 0);
  END IF;
  PERFORM FROM sign_in_count WHERE who = 'staff' AND number = g.staff FOR UPDATE;
  DELETE FROM sign_in_try WHERE till_id = t.id;
  SELECT s.name, s.role, (SELECT jsonb_agg(permission ORDER BY permission) FROM role_permission WHERE role = s.role) AS rights
    INTO p
    FROM staff s JOIN staff_store w ON w.staff = s.number AND w.store_id = t.store_id JOIN staff_secret x ON x.staff = s.number
   WHERE s.number = g.staff AND s.active AND x.secret = g.guess;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('ok', 0, 'wait_seconds', sign_in_wait(t.id, g.staff));
  END IF;

  UPDATE sign_in_count SET misses = 0, today = greatest(today - 1, 0), wait_until = 'epoch'
   WHERE (who = 'till' AND number = t.id) OR (who = 'staff' AND number = g.staff);
  UPDATE sign_in_here SET misses = 0 WHERE till_id = t.id AND staff = g.staff;
  v_token := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
  INSERT INTO session (till_id, staff, token_hash, until)
    VALUES (t.id, g.staff, sha256(convert_to(v_token, 'UTF8')), now() + interval '12 hours')
    ON CONFLICT (till_id, staff) DO UPDATE SET token_hash = excluded.token_hash, until = excluded.until, signed_in_at = now();
  IF p.rights ? sign_in.what THEN
    INSERT INTO approval (store_id, till_id, staff, what, about, until)
      VALUES (t.store_id, t.id, g.staff, sign_in.what, left(sign_in.about, 200), clock_timestamp() +
              CASE WHEN sign_in.what IN ('price_override', 'sell_unknown', 'discount', 'exempt_tax', 'account_over', 'serve_under_age')
                   THEN interval '4 hours' ELSE interval '15 minutes' END)
      RETURNING id INTO v_approval;
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('ok', 1, 'name', p.name, 'role', p.role, 'permissions', p.rights, 'wait_seconds', 0,
                                              'session', v_token, 'approval', v_approval));
END $$;
COMMENT ON FUNCTION api.sign_in(uuid, text, text) IS 'Signs a person in at this till when the PIN tried was right, or notes what he approves, or says how long to wait.';
GRANT EXECUTE ON FUNCTION api.sign_in(uuid, text, text) TO pos_till;
