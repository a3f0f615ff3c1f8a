-- What an item's fields can be set to: the shop's categories, suppliers and taxes by name.
CREATE OR REPLACE FUNCTION api.m_choices(store int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_day date := (SELECT (now() AT TIME ZONE s.time_zone)::date FROM store s WHERE s.id = granted_store($1));
BEGIN
  PERFORM manager_of_login();
  RETURN jsonb_build_object(
    'categories', (SELECT coalesce(jsonb_agg(c.name ORDER BY c.position, c.name), '[]') FROM category c),
    'suppliers', (SELECT coalesce(jsonb_agg(u.name ORDER BY u.name), '[]') FROM supplier u),
    'taxes', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', x.code, 'name', x.name, 'rate', coalesce(tax_rate_shown(x.code, v_day), 0))
                                        ORDER BY x.code), '[]') FROM tax x));
END $$;
COMMENT ON FUNCTION api.m_choices(int) IS 'Categories, suppliers and taxes an item may be given.';
GRANT EXECUTE ON FUNCTION api.m_choices(int) TO pos_manager;
