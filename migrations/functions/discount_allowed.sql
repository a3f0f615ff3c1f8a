-- Whether a discount of off on base (minor units), on a line or (0) on the sale, is within the limit of the cashier's role
-- or of somebody's who approved it: the most that was approved for this very line or sale.
CREATE OR REPLACE FUNCTION pos.discount_allowed(d jsonb, t pos.till, rights text[], line int, off numeric, base numeric)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (
        SELECT (d->>'cashier')::int AS who, NULL::numeric AS upto
        UNION ALL
        SELECT a.by, a.now FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(d->'approvals') = 'array' THEN d->'approvals' ELSE '[]' END)
                                  AS a(what text, by int, line int, now numeric)
         WHERE a.what = 'discount' AND coalesce(a.line, 0) = discount_allowed.line
           AND EXISTS (SELECT FROM session x JOIN till y ON y.id = x.till_id AND y.store_id = t.store_id
                        WHERE x.staff = a.by AND x.until > clock_timestamp())) w
      JOIN staff p ON p.number = w.who AND p.active
      JOIN staff_store o ON o.staff = p.number AND o.store_id = t.store_id
      JOIN role_permission r ON r.role = p.role AND r.permission = 'discount'
      LEFT JOIN role_limit m ON m.role = p.role AND m.what = 'discount'
     WHERE coalesce(off <= w.upto, true)
       AND coalesce(off <= round_div(base * m.ppm, 1000000), true) AND coalesce(off <= m.amount, true))
$$;
