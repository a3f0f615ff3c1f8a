-- Whether a discount of off on base (minor units), on a line or (0) on the sale, is within the limit of the cashier's role
-- or of somebody's who approved it for this very line or sale. An approval says what it was before and after: so much may be
-- taken off, or by percent the same share of what the line or sale has become since.
CREATE OR REPLACE FUNCTION pos.discount_allowed(d jsonb, t pos.till, line int, off numeric, base numeric, ppm numeric)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (
        SELECT p.role, NULL::numeric AS was, NULL::numeric AS now
          FROM staff p
          JOIN staff_store o ON o.staff = p.number AND o.store_id = t.store_id
          JOIN role_permission r ON r.role = p.role AND r.permission = 'discount'
         WHERE p.number = (d->>'cashier')::int AND p.active
        UNION ALL
        SELECT a.role, a.was, a.now FROM approvals_of(d, t.store_id) a
         WHERE a.what = 'discount' AND coalesce(a.line, 0) = discount_allowed.line) w
      LEFT JOIN role_limit m ON m.role = w.role AND m.what = 'discount'
     WHERE (w.was IS NULL OR off <= w.was - w.now OR (ppm IS NOT NULL AND off * w.was <= (w.was - w.now) * base + w.was))
       AND coalesce(off <= round_div(base * m.ppm, 1000000), true) AND coalesce(off <= m.amount, true))
$$;
