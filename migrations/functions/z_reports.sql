-- The last Z reports of this till, newest first, with the documents that opened and closed each shift: for printing again.
CREATE OR REPLACE FUNCTION api.z_reports(lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'z', x.z, 'opened_at', utc_text(x.opened_at), 'closed_at', utc_text(x.closed_at), 'epoch', k.epoch,
                   'business_date', x.business_date, 'opened_by', x.opened_by, 'float', x.float, 'single', x.single::int,
                   'body', k.body, 'head', encode(k.hash, 'hex')) ORDER BY x.z DESC), '[]')
            FROM (SELECT * FROM shift h WHERE h.store_id = t.store_id AND h.till_id = t.id AND h.z IS NOT NULL
                   ORDER BY h.z DESC LIMIT least(greatest(z_reports.lim, 1), 100)) x
            JOIN document k ON k.id = x.close_document);
END $$;
COMMENT ON FUNCTION api.z_reports(int) IS 'The last Z reports of this till, newest first, as they were booked.';
GRANT EXECUTE ON FUNCTION api.z_reports(int) TO pos_till;
