-- The stores this manager may see and change.
CREATE OR REPLACE FUNCTION api.m_stores() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM manager_of_login();
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('number', s.number, 'name', s.name, 'currency', s.currency,
                                                       'tax_mode', s.tax_mode, 'time_zone', s.time_zone) ORDER BY s.number), '[]')
            FROM store s WHERE granted_store(s.number) IS NOT NULL);
END $$;
COMMENT ON FUNCTION api.m_stores() IS 'The stores granted to this manager.';
GRANT EXECUTE ON FUNCTION api.m_stores() TO pos_manager;
