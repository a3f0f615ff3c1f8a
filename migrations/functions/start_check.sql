-- What a program asks when it starts, in one cheap call: the check value of the shop's pepper, whether this login may do
-- more than its kind should (it then refuses to work with it), and whether the books' guards stand. A guard that is off is
-- told to the managers once, until somebody has seen it. pos-desktop doctor compares every right.
CREATE OR REPLACE FUNCTION api.start_check() RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  v_strong boolean;
  v_off text[];
BEGIN
  SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
         OR has_schema_privilege(r.oid, 'pos', 'USAGE') OR has_database_privilege(r.oid, current_database(), 'CREATE')
         OR pg_has_role(r.oid, 'pg_read_all_data', 'MEMBER') OR pg_has_role(r.oid, 'pg_write_all_data', 'MEMBER')
         OR pg_has_role(r.oid, 'pg_signal_backend', 'MEMBER') OR pg_has_role(r.oid, 'pg_execute_server_program', 'MEMBER')
         OR (pg_has_role(r.oid, 'pos_till', 'MEMBER') AND pg_has_role(r.oid, 'pos_manager', 'MEMBER'))
    INTO v_strong FROM pg_roles r WHERE r.rolname = session_user;
  SELECT array_agg(c.relname || '.' || g.tgname ORDER BY 1) INTO v_off
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
   WHERE c.relnamespace = 'pos'::regnamespace AND NOT g.tgisinternal AND g.tgenabled NOT IN ('O', 'A');
  IF v_off IS NOT NULL THEN
    INSERT INTO flag (store_id, kind, alarm, detail)
      SELECT s.id, 'guard_off', true, jsonb_build_object('off', to_jsonb(v_off)) FROM store s
       WHERE NOT EXISTS (SELECT FROM flag f WHERE f.store_id = s.id AND f.kind = 'guard_off' AND f.seen_at IS NULL);
  END IF;
  RETURN jsonb_build_object('pepper', coalesce((SELECT value FROM setting WHERE name = 'pepper_check'), ''),
                            'strong', v_strong::int);
END $$;
COMMENT ON FUNCTION api.start_check() IS 'The pepper''s check value, whether this login is too strong, and an alarm when a guard of the books is off.';
GRANT EXECUTE ON FUNCTION api.start_check() TO pos_till, pos_manager;
