-- What a sale puts on gift cards and accounts and takes from them: a line with an account loads its amount, a tender
-- with one spends (a refund's, being negative, puts back). A voucher is used up whole, whatever was due.
CREATE OR REPLACE FUNCTION pos.account_moves(d jsonb) RETURNS TABLE (source text, n int, kind text, account bigint, code text, amount bigint)
LANGUAGE sql STABLE ROWS 2 SET search_path = pos, pg_temp AS $$
  SELECT 'line', l.n, i.holds, l.account, l.code, l.amount
    FROM jsonb_to_recordset(d->'lines') AS l(n int, item bigint, code text, amount bigint, account bigint)
    LEFT JOIN item i ON i.id = l.item
   WHERE l.account IS NOT NULL
  UNION ALL
  SELECT 'tender', k.n, k.kind, k.account, NULL, -coalesce(k.value, k.amount)
    FROM jsonb_to_recordset(d->'tenders') AS k(n int, kind text, amount bigint, account bigint, value bigint)
   WHERE k.account IS NOT NULL
$$;
