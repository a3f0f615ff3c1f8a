-- An account as a till shows it: never its whole code, which is as good as money.
CREATE OR REPLACE FUNCTION pos.account_card(a pos.account, sale uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'account', a.id, 'kind', a.kind, 'shown', coalesce(right(a.code, 4), ''), 'balance', a.balance,
    'available', a.balance - a.floor - coalesce((SELECT sum(h.amount) FROM account_hold h WHERE h.account_id = a.id
                                                    AND h.sale_id IS DISTINCT FROM account_card.sale AND h.until > now()), 0),
    'currency', a.currency, 'until', a.until, 'blocked', a.blocked::int))
$$;
