-- The tenders of a sale come to its total; change is cash, once, and last; only cash pays more than is due. What a sale
-- gives back in money (its total is below zero) is tendered in negative amounts, without change. What is not cash or
-- card, and lines that load a gift card or an account, are judged by check_value.
DROP FUNCTION IF EXISTS pos.check_tenders(jsonb);
CREATE OR REPLACE FUNCTION pos.check_tenders(d jsonb, t pos.till, s pos.store, at timestamptz, rights text[])
RETURNS pos.tender_facts LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  p record;
  x finding := (NULL, '{}', '{}')::finding;
  v_total bigint := (d->>'total')::bigint;
BEGIN
  SELECT coalesce(bool_and(coalesce(
             k.n BETWEEN 1 AND 100 AND k.kind IN ('cash', 'card', 'gift_card', 'store_credit', 'voucher', 'mobile', 'cheque',
                                                  'account', 'points')
             AND k.amount <> 0 AND abs(k.amount) <= 9999999900000
             AND CASE WHEN v_total < 0 THEN k.amount < 0 AND k.change IS NULL
                      ELSE (k.amount > 0) = (k.change IS NULL) AND (k.change IS NULL OR (k.change = 1 AND k.kind = 'cash')) END,
             false)), true)
           AND count(DISTINCT k.n) = count(*) AND coalesce(max(k.n), 0) = count(*) AND count(k.change) <= 1
           AND coalesce(sum(k.amount), 0) = v_total + coalesce((d->>'rounding')::bigint, 0)
           AND coalesce(sum(abs(k.amount)) FILTER (WHERE k.kind <> 'cash'), 0) <= abs(v_total) AS summed,
         coalesce(bool_or(k.kind = 'card'), false) AS card,
         coalesce(bool_or(k.kind NOT IN ('cash', 'card')), false) AS other
    INTO p
    FROM jsonb_to_recordset(d->'tenders') AS k(n int, kind text, amount bigint, change int, ref text);
  IF p.summed AND (p.other OR d @? '$.lines[*].account') THEN
    x := check_value(d, t, s, check_tenders.at, rights);
  END IF;
  RETURN (CASE WHEN NOT p.summed THEN 'tenders' ELSE x.reason END, x.breach, x.flags, p.card)::tender_facts;
END $$;
