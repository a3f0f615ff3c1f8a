-- What is not cash or card: gift cards, store credit, vouchers and accounts spent or loaded, cheques, mobile payments.
-- Called by check_sale for a sale that has one of them. Shape is a reason; what a customer's card does not hold is a breach:
-- refused, unless money or goods have gone already. Money another basket holds counts as spent.
CREATE OR REPLACE FUNCTION pos.check_value(d jsonb, t pos.till, s pos.store, at timestamptz, rights text[])
RETURNS pos.finding LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_sale uuid := (d->>'sale')::uuid;
  v_day  date := (check_value.at AT TIME ZONE s.time_zone)::date;
  v_over boolean := 'account_over' = ANY (coalesce(rights, '{}'));
  p record;
  m record;
BEGIN
  IF d->'tenders' @? '$[*] ? (@.account.type() != "number" || @.value.type() != "number" || @.left.type() != "number")'
     OR d->'lines' @? '$[*] ? (@.account.type() != "number")' THEN
    RETURN ('malformed', '{}', '{}')::finding;
  END IF;
  SELECT coalesce(bool_and(coalesce(CASE
           WHEN k.kind = 'points' THEN k.account IS NULL AND k.value IS NULL AND d ? 'customer'
           WHEN k.kind = 'account' AND NOT d ? 'customer' THEN false
           WHEN k.kind IN ('gift_card', 'store_credit', 'account') THEN k.account IS NOT NULL AND k.value IS NULL
           WHEN k.kind = 'voucher' THEN k.account IS NOT NULL AND (k.value IS NULL OR (k.value > k.amount AND k.amount > 0))
           WHEN k.kind = 'mobile' THEN k.account IS NULL AND k.value IS NULL AND k.ref ~ '^[A-Z][A-Z0-9]{9}$' AND k.amount > 0
           WHEN k.kind = 'cheque' THEN k.account IS NULL AND k.value IS NULL AND coalesce(k.ref ~ '^[0-9A-Z/-]{1,24}$', true)
           ELSE k.account IS NULL AND k.value IS NULL END, false)), true)
           AND count(*) FILTER (WHERE k.kind = 'mobile') = count(DISTINCT k.ref) FILTER (WHERE k.kind = 'mobile') AS shaped,
         coalesce(bool_and(tender_taken(t.store_id, k.kind)), true) AS taken,
         coalesce(bool_or(k.kind = 'mobile' AND (
           EXISTS (SELECT FROM payment_reference r WHERE r.kind = k.kind AND r.ref = k.ref)
           OR EXISTS (SELECT FROM reference_hold h WHERE h.kind = k.kind AND h.ref = k.ref AND h.sale_id <> v_sale
                         AND h.until > now()))), false) AS used,
         bool_or(k.kind NOT IN ('cash', 'card')) AS needs_server
    INTO p
    FROM jsonb_to_recordset(d->'tenders') AS k(kind text, amount bigint, ref text, account bigint, value bigint);

  SELECT coalesce(bool_and(coalesce(CASE x.source
           WHEN 'line' THEN x.kind IS NOT NULL AND l.net IS NULL AND (
                  (l.back IS NULL AND l.qty = 1000 AND l.amount > 0) OR (l.back IS NOT NULL AND l.qty = -1000))
           ELSE true END AND (a.id IS NULL OR a.kind = x.kind), false)), true)
           AND count(*) = count(DISTINCT x.account) AS shaped,
         bool_or(a.id IS NULL OR a.currency <> s.currency) AS unknown,
         bool_or(a.blocked) AS blocked,
         bool_or(x.amount < 0 AND a.until < v_day) AS late,
         bool_or(x.source = 'line') AS loads,
         bool_or(x.source = 'line' AND NOT tender_taken(t.store_id, x.kind)) AS untaken,
         bool_or(x.amount < 0 AND (a.balance + x.amount - o.held < a.floor AND a.kind <> 'account'
                                   OR a.kind = 'voucher' AND a.balance <> -x.amount)) AS short,
         bool_or(x.amount < 0 AND a.kind = 'account' AND a.balance + x.amount - o.held < a.floor) AS over
    INTO m
    FROM account_moves(d) x
    LEFT JOIN account a ON a.id = x.account
    LEFT JOIN jsonb_to_recordset(d->'lines') AS l(n int, qty bigint, amount bigint, net bigint, back jsonb)
           ON x.source = 'line' AND l.n = x.n
    CROSS JOIN LATERAL (SELECT coalesce(sum(h.amount), 0) AS held FROM account_hold h
                         WHERE h.account_id = a.id AND h.sale_id <> v_sale AND h.until > now()) o;

  IF NOT p.shaped OR NOT m.shaped THEN RETURN ('tenders', '{}', '{}')::finding; END IF;
  RETURN (NULL,
    array_remove(ARRAY[
      CASE WHEN NOT p.taken OR m.untaken THEN 'tender_kind' END,
      CASE WHEN (p.needs_server OR m.loads) AND d->'flags' ? 'offline' THEN 'offline_tender' END,
      CASE WHEN p.used THEN 'ref_used' END,
      CASE WHEN m.unknown THEN 'no_account' END,
      CASE WHEN m.blocked THEN 'account_blocked' END,
      CASE WHEN m.late THEN 'account_until' END,
      CASE WHEN m.short THEN 'account_short' END,
      CASE WHEN m.over AND NOT v_over THEN 'account_over' END], NULL),
    CASE WHEN m.over AND v_over THEN ARRAY['account_over'] ELSE '{}' END)::finding;
END $$;
