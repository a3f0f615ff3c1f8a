-- The content of every document that is no sale.
CREATE OR REPLACE FUNCTION pos.check_other(d jsonb, t pos.till, s pos.store, h pos.shift, rights text[]) RETURNS pos.verdict
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_kind text := d->>'kind';
  v_reason text;
  v_needs text := CASE d->>'kind' WHEN 'shift_open' THEN 'open_shift' WHEN 'shift_close' THEN 'close_shift'
                                  WHEN 'void' THEN 'void_sale' WHEN 'no_sale' THEN 'no_sale'
                                  WHEN 'event' THEN CASE WHEN d->>'name' = 'line_voided' THEN 'void_line' END END;
  v_hard boolean := v_kind IN ('shift_open', 'shift_close') AND NOT d->'flags' ? 'refilled'  -- the rest has happened
                    OR v_kind = 'cash' AND NOT stands_alone(d);
  v_rights text[] := rights;
  v_far boolean := true;
  v_breach text;
BEGIN
  IF jsonb_typeof(d->'approvals') = 'array' AND d->'approvals' <> '[]' THEN
    v_rights := v_rights || approved_rights(d, t);
  END IF;
  v_reason := CASE
    WHEN v_kind IS NULL OR v_kind NOT IN ('void', 'event', 'cash', 'no_sale', 'account_payment', 'shift_open', 'shift_close')
      THEN 'unknown_kind'
    WHEN v_kind = 'shift_open' THEN check_shift_open(d, t)
    WHEN h.id IS NULL THEN 'no_shift'
    WHEN v_kind = 'shift_close' THEN check_shift_close(d, t, h)
    WHEN v_kind = 'cash' AND NOT coalesce(d->>'direction' IN ('float', 'drop', 'pay_in', 'pay_out')
         AND (d->>'amount')::bigint <> 0 AND abs((d->>'amount')::bigint) <= 9999999900000
         AND ((d->>'amount')::bigint > 0) = (d->>'direction' IN ('float', 'pay_in')) AND d->>'reason' IS NOT NULL, false)
      THEN 'cash'
    WHEN v_kind = 'account_payment' THEN check_account_payment(d)
    WHEN v_kind = 'no_sale' AND d->>'reason' IS NULL THEN 'reason'
    WHEN v_kind = 'void' AND (d->>'reason' IS NULL OR (d->>'sale')::uuid IS NULL OR (d->>'total')::bigint IS NULL) THEN 'void'
    WHEN v_kind = 'event' AND (coalesce(d->>'name', '') !~ '^[a-z_]{1,64}$'
         OR jsonb_typeof(d->'detail') IS DISTINCT FROM 'object') THEN 'event'
  END;
  IF v_reason IS NULL AND (d->>'grand')::bigint <> t.grand THEN
    v_reason := 'grand';
  END IF;
  IF v_kind = 'cash' AND d->>'direction' IN ('drop', 'pay_out') THEN
    v_needs := d->>'direction';
    v_far := v_needs = 'drop' OR within_limit(d, t, 'pay_out', 'pay_out', NULL, abs((d->>'amount')::bigint));
  END IF;
  v_breach := CASE WHEN rights IS NULL THEN 'unknown_cashier' WHEN NOT v_needs = ANY (v_rights) OR NOT v_far THEN 'no_permission' END;
  IF v_reason IS NULL AND v_hard THEN
    v_reason := v_breach;
  END IF;
  RETURN (v_reason, CASE WHEN v_reason IS NULL AND v_breach IS NOT NULL THEN ARRAY[v_breach] ELSE '{}' END)::verdict;
END $$;
