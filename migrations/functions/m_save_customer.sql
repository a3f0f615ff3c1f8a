-- A manager changes a customer; "changes" has what changes and nothing else. Whoever edits what somebody else changed
-- meanwhile is told. A limit opens the house account, and like all money promised it takes a manager of every store. The
-- audit says which parts changed and never what they were, but for the limit and the groups: erasing a person leaves nothing.
-- Locks: the account, then the customer.
CREATE OR REPLACE FUNCTION api.m_save_customer(number bigint, row_version bigint, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_number ALIAS FOR $1;
  p_version ALIAS FOR $2;
  p ALIAS FOR $3;
  c customer;
  v_account bigint;
  v_was bigint;
BEGIN
  PERFORM manager_of_login();
  IF jsonb_typeof(p) IS DISTINCT FROM 'object'
     OR EXISTS (SELECT FROM jsonb_object_keys(p) k WHERE k NOT IN ('name', 'phone', 'card', 'consent', 'groups', 'limit', 'tax_number',
                                                                   'certificate', 'certificate_codes', 'certificate_until'))
     OR EXISTS (SELECT FROM jsonb_each(p) e WHERE jsonb_typeof(e.value) <> CASE
                  WHEN e.key IN ('groups', 'certificate_codes') THEN 'array' WHEN e.key IN ('consent', 'limit') THEN 'number' ELSE 'string' END)
     OR btrim(p->>'name') = '' OR p->>'consent' NOT IN ('0', '1') OR NOT (p->>'limit')::numeric BETWEEN 0 AND 9999999900000
     OR (p->>'limit')::numeric <> floor((p->>'limit')::numeric)
     OR p @? 'strict $.groups[50]' OR p @? 'strict $.certificate_codes[20]'
     OR p @? '$.groups[*] ? (@.type() != "string")' OR p @? '$.certificate_codes[*] ? (@.type() != "string" || @ == "")'
     OR p->>'certificate_until' !~ '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$' THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'customer');
  ELSIF p ? 'limit' AND NOT every_store_granted() THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'every_store');
  ELSIF EXISTS (SELECT FROM jsonb_array_elements_text(p->'groups') g WHERE NOT EXISTS (SELECT FROM customer_group x WHERE x.code = g)) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'group');
  END IF;
  PERFORM FROM account a JOIN customer x ON x.account = a.id WHERE x.number = p_number FOR UPDATE OF a;
  SELECT * INTO c FROM customer WHERE number = p_number AND erased_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'gone');
  ELSIF c.row_version IS DISTINCT FROM p_version THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'customer', customer_state(p_number));
  ELSIF EXISTS (SELECT FROM customer x WHERE x.phone = nullif(p->>'phone', '') AND x.number <> p_number) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'phone_taken');
  ELSIF EXISTS (SELECT FROM customer x WHERE x.card = nullif(p->>'card', '') AND x.number <> p_number) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'card_taken');
  END IF;
  v_account := c.account;
  IF p ? 'limit' THEN
    SELECT -floor INTO v_was FROM account WHERE id = v_account;
    IF v_account IS NULL THEN
      INSERT INTO account (kind, store_id, currency, floor)
        SELECT 'account', id, currency, -(p->>'limit')::bigint FROM store ORDER BY number LIMIT 1 RETURNING id INTO v_account;
    ELSE
      UPDATE account SET floor = -(p->>'limit')::bigint WHERE id = v_account;
    END IF;
  END IF;
  UPDATE customer SET name = coalesce(btrim(p->>'name'), name), account = v_account, changed_by = session_user,
         phone = CASE WHEN p ? 'phone' THEN nullif(p->>'phone', '') ELSE phone END,
         card = CASE WHEN p ? 'card' THEN nullif(p->>'card', '') ELSE card END,
         consent = coalesce((p->>'consent')::int = 1, consent),
         consent_at = CASE WHEN coalesce((p->>'consent')::int = 1, consent) THEN coalesce(consent_at, clock_timestamp()) END,
         tax_number = coalesce(p->>'tax_number', tax_number), certificate = coalesce(p->>'certificate', certificate),
         certificate_codes = CASE WHEN p ? 'certificate_codes' THEN ARRAY(SELECT jsonb_array_elements_text(p->'certificate_codes'))
                                  ELSE certificate_codes END,
         certificate_until = CASE WHEN p ? 'certificate_until' THEN nullif(p->>'certificate_until', '')::date ELSE certificate_until END
   WHERE number = p_number;
  IF p ? 'groups' THEN
    DELETE FROM customer_in_group WHERE customer = p_number AND NOT p->'groups' ? grp;
    INSERT INTO customer_in_group (customer, grp) SELECT DISTINCT p_number, g FROM jsonb_array_elements_text(p->'groups') g
      ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO audit (what, subject, detail) VALUES ('customer_changed', p_number::text, jsonb_strip_nulls(jsonb_build_object(
    'parts', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(p) k), 'groups', p->'groups', 'limit_was', v_was, 'limit', p->'limit')));
  RETURN jsonb_build_object('outcome', 'ok', 'customer', customer_state(p_number));
EXCEPTION
  WHEN unique_violation THEN RETURN jsonb_build_object('outcome', 'refused', 'reason', 'phone_taken');
  WHEN check_violation OR datetime_field_overflow THEN RETURN jsonb_build_object('outcome', 'refused', 'reason', 'customer');
END $$;
COMMENT ON FUNCTION api.m_save_customer(bigint, bigint, jsonb) IS 'Changes a customer, its groups and its account''s limit; audited without the person''s data.';
GRANT EXECUTE ON FUNCTION api.m_save_customer(bigint, bigint, jsonb) TO pos_manager;
