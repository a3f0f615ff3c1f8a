-- The inspector's report of a granted store between two days of its clock, both included, with the names it needs.
CREATE OR REPLACE FUNCTION api.m_law_report(store int, since date, until date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
  s store;
BEGIN
  PERFORM manager_of_login();
  SELECT * INTO s FROM pos.store x WHERE x.id = v_store;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT jsonb_build_object('store', s.name, 'time_zone', s.time_zone,
             'rows', coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('at', utc_text(r.at), 'goods', coalesce(r.goods, ''))
                                        ORDER BY r.at, r.till, r.no, r.what), '[]'),
             'names', (SELECT coalesce(jsonb_object_agg(p.number, p.name), '{}') FROM staff p))
      FROM law_report(v_store, $2::timestamp AT TIME ZONE s.time_zone, ($3 + 1)::timestamp AT TIME ZONE s.time_zone) r);
END $$;
COMMENT ON FUNCTION api.m_law_report(int, date, date) IS 'Age checks, refusals, approvals, and what was sold against the law or stopped.';
GRANT EXECUTE ON FUNCTION api.m_law_report(int, date, date) TO pos_manager;
