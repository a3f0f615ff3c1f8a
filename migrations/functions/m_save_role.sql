-- A manager of every store changes what a role may do, or how far: people and roles are the whole shop's. "was" is the role
-- as he was shown it: what somebody else changed meanwhile is told, not overwritten. Who signs in next has it; the server
-- judges by it at once, and tills read limits with their next look at the shop's rules.
-- Locks: the change counter, then the role.
CREATE OR REPLACE FUNCTION api.m_save_role(role text, was jsonb, permissions text[], limits jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_role ALIAS FOR $1;
  p_was ALIAS FOR $2;
  p_permissions ALIAS FOR $3;
  p_limits ALIAS FOR $4;
  v_now jsonb;
BEGIN
  PERFORM manager_of_login();
  IF EXISTS (SELECT FROM store s WHERE NOT EXISTS (SELECT FROM manager_store g WHERE g.login = session_user AND g.store_id = s.id)) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'every_store');
  ELSIF jsonb_typeof(p_limits) IS DISTINCT FROM 'object' OR p_permissions IS NULL OR cardinality(p_permissions) > 100
        OR EXISTS (SELECT FROM unnest(p_permissions) p WHERE p IS NULL OR p !~ '^[a-z_]{1,64}$')
        OR EXISTS (SELECT FROM jsonb_each(p_limits) l
                    WHERE l.key NOT IN ('discount', 'refund', 'pay_out', 'difference')
                       OR jsonb_typeof(l.value) IS DISTINCT FROM 'object'
                       OR l.value @? '$.* ? (@.type() != "number" || @ < 0 || @ != @.floor() || @ > 9999999900000)'
                       OR (l.value->>'ppm')::numeric > 1000000) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'role');
  END IF;
  PERFORM FROM change_counter FOR UPDATE;
  PERFORM FROM role WHERE name = p_role FOR UPDATE;
  v_now := role_state(p_role);
  IF v_now IS NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'role');
  ELSIF v_now IS DISTINCT FROM p_was THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'role', v_now);
  END IF;
  DELETE FROM role_permission WHERE role = p_role AND permission <> ALL (p_permissions);
  INSERT INTO role_permission (role, permission) SELECT DISTINCT p_role, p FROM unnest(p_permissions) p ON CONFLICT DO NOTHING;
  DELETE FROM role_limit WHERE role = p_role;
  INSERT INTO role_limit (role, what, ppm, amount)
    SELECT p_role, l.key, (l.value->>'ppm')::int, (l.value->>'amount')::bigint FROM jsonb_each(p_limits) l
     WHERE l.value ?| '{ppm,amount}';
  INSERT INTO audit (what, subject, detail)
    VALUES ('role_changed', p_role, jsonb_build_object('was', v_now, 'now', role_state(p_role)));
  RETURN jsonb_build_object('outcome', 'ok', 'role', role_state(p_role));
END $$;
COMMENT ON FUNCTION api.m_save_role(text, jsonb, text[], jsonb) IS 'Sets what a role may do at a till and how far; audited.';
GRANT EXECUTE ON FUNCTION api.m_save_role(text, jsonb, text[], jsonb) TO pos_manager;
