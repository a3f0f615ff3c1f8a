-- What the law has against a sale at a time: its goods, and a cashier who may not sell them alone.
-- Asked only when one of its items is watched; a shop without rules, selling what has only an age, is through at once.
CREATE OR REPLACE FUNCTION pos.check_law(d jsonb, t pos.till, s pos.store, at timestamptz, rights text[])
RETURNS pos.finding
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_breach text[] := '{}';
BEGIN
  IF EXISTS (SELECT FROM restriction) OR EXISTS (SELECT FROM lowest_price)
     OR EXISTS (SELECT FROM jsonb_to_recordset(d->'lines') AS l(item bigint, single bigint, deposit_for int, back jsonb, flags jsonb)
                  JOIN item i ON i.id = l.item
                 WHERE i.returnable OR num_nonnulls(i.deposit_id, i.single_id, l.single, l.deposit_for, l.back) > 0
                    OR l.flags ? 'empties') THEN
    v_breach := ARRAY(SELECT DISTINCT b.code FROM law_breaches(d->'lines', s, check_law.at) b ORDER BY b.code);
  END IF;
  IF EXISTS (SELECT FROM staff p WHERE p.number = (d->>'cashier')::int
                AND p.serves_from > (check_law.at AT TIME ZONE s.time_zone)::date)
     AND EXISTS (SELECT FROM jsonb_to_recordset(d->'lines') AS l(item bigint, qty bigint) JOIN item i ON i.id = l.item
                  WHERE i.min_age IS NOT NULL AND l.qty > 0)
     AND NOT coalesce('serve_under_age' = ANY (rights), false) THEN
    v_breach := v_breach || 'under_age'::text;
  END IF;
  RETURN (NULL, v_breach, '{}')::finding;
END $$;
