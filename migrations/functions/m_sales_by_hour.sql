-- A store's sales of one day by the hour of its own clock.
CREATE OR REPLACE FUNCTION api.m_sales_by_hour(store int, day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
  v_zone text := (SELECT s.time_zone FROM store s WHERE s.id = v_store);
BEGIN
  PERFORM manager_of_login();
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('hour', h, 'sales', n, 'total', total) ORDER BY h), '[]')
            FROM (SELECT extract(hour FROM x.sold_at AT TIME ZONE v_zone)::int AS h, count(*) AS n, sum(x.total) AS total
                    FROM sale x
                   WHERE x.store_id = v_store AND x.sold_at >= $2::timestamp AT TIME ZONE v_zone
                     AND x.sold_at < ($2 + 1)::timestamp AT TIME ZONE v_zone
                   GROUP BY 1) y);
END $$;
COMMENT ON FUNCTION api.m_sales_by_hour(int, date) IS 'Number and total of sales by local hour.';
GRANT EXECUTE ON FUNCTION api.m_sales_by_hour(int, date) TO pos_manager;
