-- Asked before a gift card, credit, voucher, account or mobile payment is taken: what it pays is held for this basket
-- for ten minutes, so that nothing is refused after money changed hands. Whoever comes second is told.
-- body {code | account | ref (with kind), amount, over? 1: beyond an account's limit, which somebody allowed}
-- Locks: the account's row.
CREATE OR REPLACE FUNCTION api.hold_tender(sale uuid, body jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_sale ALIAS FOR $1;
  p_body ALIAS FOR $2;
  t till := till_of_login();
  s store;
  a account;
  v_asked bigint := (p_body->>'amount')::bigint;
  v_free  bigint;
  v_pays  bigint;
  v_why   text;
BEGIN
  SELECT * INTO s FROM store WHERE id = t.store_id;
  IF p_body ? 'ref' THEN
    v_why := hold_reference(p_sale, p_body->>'kind', p_body->>'ref', t);
    RETURN CASE WHEN v_why IS NULL THEN jsonb_build_object('ok', 1, 'kind', p_body->>'kind', 'amount', v_asked)
                ELSE jsonb_build_object('ok', 0, 'reason', v_why) END;
  END IF;
  SELECT * INTO a FROM account WHERE code = p_body->>'code' OR id = (p_body->>'account')::bigint FOR UPDATE;
  v_free := coalesce((account_card(a, p_sale)->>'available')::bigint, 0);
  v_pays := CASE WHEN a.kind = 'account' THEN v_asked ELSE least(v_asked, v_free) END;
  v_why := CASE
    WHEN a.id IS NULL OR v_asked <= 0 THEN 'no_account'
    WHEN NOT tender_taken(t.store_id, a.kind) THEN 'tender_kind'
    WHEN a.currency <> s.currency THEN 'no_account'
    WHEN a.blocked THEN 'account_blocked'
    WHEN a.until < (now() AT TIME ZONE s.time_zone)::date THEN 'account_until'
    WHEN a.kind = 'account' AND v_free < v_asked AND NOT p_body ? 'over' THEN 'account_over'
    WHEN a.kind = 'voucher' AND v_free < a.balance THEN 'account_short'
    WHEN a.kind <> 'account' AND v_free <= 0 THEN 'account_short' END;
  IF v_why IS NOT NULL THEN
    RETURN jsonb_strip_nulls(jsonb_build_object('ok', 0, 'reason', v_why, 'kind', a.kind, 'balance', a.balance, 'available', v_free));
  END IF;
  DELETE FROM account_hold WHERE account_id = a.id AND until < now();  -- of baskets that were given up
  INSERT INTO account_hold (account_id, sale_id, till_id, amount, until)
    VALUES (a.id, p_sale, t.id, CASE a.kind WHEN 'voucher' THEN a.balance ELSE v_pays END, now() + interval '10 minutes')
    ON CONFLICT (account_id, sale_id) DO UPDATE SET amount = excluded.amount, until = excluded.until, till_id = excluded.till_id;
  RETURN account_card(a, p_sale) || jsonb_build_object('ok', 1, 'amount', v_pays)
         || CASE WHEN a.kind = 'voucher' AND v_pays < a.balance THEN jsonb_build_object('value', a.balance) ELSE '{}' END;
END $$;
COMMENT ON FUNCTION api.hold_tender(uuid, jsonb) IS 'Holds what a gift card, credit, voucher, account or payment code pays of a basket.';
GRANT EXECUTE ON FUNCTION api.hold_tender(uuid, jsonb) TO pos_till;
