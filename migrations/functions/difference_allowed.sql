-- Whether a shift may be closed that much over or short: the cashier's own role goes that far, or somebody's who approved it.
CREATE OR REPLACE FUNCTION pos.difference_allowed(d jsonb, t pos.till, amount bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM staff p JOIN role_limit l ON l.role = p.role AND l.what = 'difference'
                      WHERE p.number = (d->>'cashier')::int AND difference_allowed.amount > l.amount)
         OR within_limit(d, t, 'difference_over', 'difference', NULL, difference_allowed.amount)
$$;
