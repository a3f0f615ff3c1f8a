-- Whether the cashier, or somebody whose approval of it the document carries, has a permission and a role that goes that far:
-- at most the share (parts per million) and the amount (minor units) of role_limit. Empty: not asked about.
CREATE OR REPLACE FUNCTION pos.within_limit(d jsonb, t pos.till, permission text, what text, ppm bigint, amount bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM staff p
      JOIN staff_store w ON w.staff = p.number AND w.store_id = t.store_id
      JOIN role_permission rp ON rp.role = p.role AND rp.permission = within_limit.permission
      LEFT JOIN role_limit l ON l.role = p.role AND l.what = within_limit.what
     WHERE p.active AND coalesce(within_limit.ppm <= l.ppm, true) AND coalesce(within_limit.amount <= l.amount, true)
       AND (p.number = (d->>'cashier')::int
            OR p.number IN (SELECT a.by FROM approvals_of(d, t.store_id) a WHERE a.what = within_limit.permission)))
$$;
