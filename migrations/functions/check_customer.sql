-- A sale's customer: known, its points as the shop's rule makes them, enough of them to pay with, and a house account
-- that is the customer's own. Goods come back to the customer whose points they gave. Whether there are enough points is
-- asked again under the lock when it is booked.
CREATE OR REPLACE FUNCTION pos.check_customer(d jsonb, t pos.till, stands boolean) RETURNS pos.finding
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_who bigint;
  v_spent bigint;
  c record;
  p record;
  r customer_rule;
BEGIN
  IF d @? '$ ? (@.customer.type() != "number" || @.points.type() != "object" || @.points.earned.type() != "number"
             || @.points.spent.type() != "number" || @.points.rate.type() != "number")'
     OR (d ? 'points' AND NOT d->'points' ?& '{earned,spent,rate}') THEN
    RETURN ('malformed', '{}', '{}')::finding;
  END IF;
  v_who := (d->>'customer')::bigint;
  IF NOT stands AND EXISTS (SELECT FROM jsonb_to_recordset(d->'lines') AS l(back jsonb)
                              JOIN point_entry e ON e.document_id = (l.back->>'document')::uuid
                             WHERE e.rate > 0 AND e.customer IS DISTINCT FROM v_who) THEN
    RETURN ('customer', '{}', '{}')::finding;
  ELSIF v_who IS NULL THEN
    RETURN (CASE WHEN d ? 'points' THEN 'customer' END, '{}', '{}')::finding;
  END IF;
  v_spent := coalesce((d->'points'->>'spent')::bigint, 0);
  SELECT x.number, x.account, u.points INTO c
    FROM customer x JOIN customer_purse u ON u.customer = x.number WHERE x.number = v_who;
  SELECT coalesce(sum(k.amount) FILTER (WHERE k.kind = 'points'), 0)::bigint AS points,
         coalesce(bool_and(coalesce(k.account = c.account, false)) FILTER (WHERE k.kind = 'account'), true) AS own,
         coalesce(bool_or(k.kind = 'account'), false) AS charged
    INTO p FROM jsonb_to_recordset(d->'tenders') AS k(kind text, amount bigint, account bigint);
  IF NOT v_who BETWEEN 1 AND 999999999999 OR (c.number IS NULL AND NOT stands) THEN
    RETURN ('customer', '{}', '{}')::finding;
  END IF;
  SELECT * INTO r FROM customer_rule x WHERE x.store_id = t.store_id;
  IF NOT points_sound(d, v_who, p.points, coalesce(r.worth, 0)) THEN
    RETURN ('points', '{}', '{}')::finding;
  END IF;
  RETURN (NULL, array_remove(ARRAY[
    CASE WHEN coalesce((d->'points'->>'rate')::bigint, 0) <> coalesce(r.earn, 0) THEN 'points_moved' END,
    CASE WHEN v_spent > 0 AND (v_spent > coalesce(c.points, 0) OR v_spent < r.least * 1000000::bigint) THEN 'points_short' END,
    CASE WHEN p.charged AND NOT p.own THEN 'other_account' END], NULL),
    CASE WHEN c.number IS NULL THEN ARRAY['restored'] ELSE '{}' END)::finding;
END $$;
