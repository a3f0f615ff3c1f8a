-- What a till knows of people and cash: how far each role goes, when the drawer is full, whose a shift is, when a day begins.
CREATE OR REPLACE FUNCTION pos.rules_cash(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'limits', (SELECT coalesce(jsonb_object_agg(r.role, r.limits), '{}') FROM (
                 SELECT l.role, jsonb_object_agg(l.what, jsonb_strip_nulls(jsonb_build_object('ppm', l.ppm, 'amount', l.amount)))
                          AS limits
                   FROM role_limit l GROUP BY l.role) r),
    'drawer_full', (SELECT v::bigint FROM store_setting('drawer_full', s.number) v WHERE v ~ '^\d{1,12}$'),
    'single_cashier', coalesce(store_setting('single_cashier', s.number) = 'on', false)::int,
    'day_starts', day_starts(s.number)))
    FROM store s WHERE s.id = $1
$$;
