-- What cash rounding adds (+) or takes off (-) when this much, in minor units, is left to pay or to give back in cash on a
-- store's legal local day. It looks at the amount without its sign, so a refund is rounded as its sale was.
CREATE OR REPLACE FUNCTION pos.cash_rounding(due bigint, store bigint, day date) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE WHEN CASE p.method WHEN 'nearest' THEN 2 * r.rest >= p.step WHEN 'nearest_down' THEN 2 * r.rest > p.step
                                   ELSE p.method = 'up' END AND r.rest > 0
                THEN p.step - r.rest ELSE -r.rest END * sign(due)
      FROM (SELECT y.step, y.method FROM cash_policy y WHERE y.store_id = store AND y.valid_from <= day
             ORDER BY y.valid_from DESC LIMIT 1) p,
           LATERAL (SELECT abs(due) % p.step AS rest) r), 0)::bigint
$$;
