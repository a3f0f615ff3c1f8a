-- A gift card or a store credit to be filled by the next document: the one with this code, or a new one. It holds
-- nothing until then. Without a code it is given one.
CREATE OR REPLACE FUNCTION api.account_new(kind text, code text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_kind ALIAS FOR $1;
  p_code ALIAS FOR $2;
  t till := till_of_login();
  s store;
  v account;
BEGIN
  SELECT * INTO s FROM store WHERE id = t.store_id;
  IF p_kind NOT IN ('gift_card', 'store_credit') OR NOT tender_taken(t.store_id, p_kind) THEN
    RETURN jsonb_build_object('ok', 0, 'reason', 'tender_kind');
  END IF;
  IF p_code <> '' THEN
    IF p_code !~ '^[0-9A-Z]{6,32}$' OR (p_code ~ '^\d{13,19}$' AND luhn(p_code)) THEN  -- a payment card's is never kept
      RETURN jsonb_build_object('ok', 0, 'reason', 'code');
    END IF;
    IF EXISTS (SELECT FROM item_code x WHERE x.code IN (p_code, lpad(p_code, 14, '0'))) THEN
      RETURN jsonb_build_object('ok', 0, 'reason', 'item_code');
    END IF;
    INSERT INTO account (kind, code, store_id, currency) VALUES (p_kind, p_code, s.id, s.currency) ON CONFLICT (code) DO NOTHING;
    SELECT * INTO v FROM account a WHERE a.code = p_code;
  ELSE
    INSERT INTO account (kind, code, store_id, currency) VALUES (p_kind, account_code(p_kind), s.id, s.currency) RETURNING * INTO v;
  END IF;
  IF v.kind <> p_kind OR v.currency <> s.currency THEN
    RETURN jsonb_build_object('ok', 0, 'reason', 'kind', 'kind', v.kind);
  END IF;
  IF v.blocked THEN
    RETURN jsonb_build_object('ok', 0, 'reason', 'account_blocked');
  END IF;
  RETURN account_card(v, NULL) || jsonb_build_object('ok', 1, 'code', v.code);
END $$;
COMMENT ON FUNCTION api.account_new(text, text) IS 'A gift card or store credit to be filled by the next document.';
GRANT EXECUTE ON FUNCTION api.account_new(text, text) TO pos_till;
