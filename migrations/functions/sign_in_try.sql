-- A PIN was typed at this till: it is counted as wrong, for the till, for the person, and for the person here, and put
-- by. api.sign_in compares it in a transaction of its own and takes the count back when it was right: so whoever rolls
-- back to undo the count never hears the answer. While a wait runs nothing is counted. A number nobody has is answered
-- like any other; only the till's own count shows it. The till sends what argon2id makes of PIN, salt and pepper.
-- Locks: the counters, till before staff.
CREATE OR REPLACE FUNCTION api.sign_in_try(number int, secret bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t       till := till_of_login();
  v_who   int := coalesce(sign_in_try.number, 0);
  v_known boolean;
  v_wait  int;
  v_try   uuid := gen_random_uuid();
BEGIN
  v_known := EXISTS (SELECT FROM staff s JOIN staff_store w ON w.staff = s.number AND w.store_id = t.store_id
                      WHERE s.number = v_who AND s.active);
  INSERT INTO sign_in_count (who, number)
    SELECT 'till', t.id UNION ALL SELECT 'staff', v_who WHERE v_known ON CONFLICT DO NOTHING;
  PERFORM FROM sign_in_count WHERE who = 'till' AND number = t.id FOR UPDATE;
  PERFORM FROM sign_in_count WHERE who = 'staff' AND number = v_who FOR UPDATE;
  v_wait := sign_in_wait(t.id, v_who);
  IF v_wait > 0 THEN
    RETURN jsonb_build_object('wait_seconds', v_wait);
  END IF;
  PERFORM count_miss('till', t.id, t);
  IF v_known THEN
    PERFORM count_miss('staff', v_who, t);
    INSERT INTO sign_in_here (till_id, staff, misses) VALUES (t.id, v_who, 1)
      ON CONFLICT (till_id, staff) DO UPDATE SET misses = sign_in_here.misses + 1;
  END IF;
  INSERT INTO sign_in_try (till_id, id, staff, guess) VALUES (t.id, v_try, v_who, sha256(coalesce(sign_in_try.secret, '')))
    ON CONFLICT (till_id) DO UPDATE SET id = excluded.id, staff = excluded.staff, guess = excluded.guess, at = excluded.at,
                                        xid = excluded.xid;
  RETURN jsonb_build_object('wait_seconds', 0, 'try', v_try);
END $$;
COMMENT ON FUNCTION api.sign_in_try(int, bytea) IS 'Counts a PIN typed at this till before it is compared, or says how long to wait.';
GRANT EXECUTE ON FUNCTION api.sign_in_try(int, bytea) TO pos_till;
