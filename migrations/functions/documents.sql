-- This till's documents of its present epoch, newest first, for reprints.
CREATE OR REPLACE FUNCTION api.documents(lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('no', k.no, 'kind', k.kind, 'outcome', k.outcome, 'body', k.body,
                                                       'head', encode(k.hash, 'hex'), 'server_at', utc_text(k.server_at))
                                    ORDER BY k.no DESC), '[]')
            FROM (SELECT * FROM document x WHERE x.store_id = t.store_id AND x.till_id = t.id AND x.epoch = t.epoch
                   ORDER BY x.no DESC LIMIT least(greatest(lim, 1), 200)) k);
END $$;
COMMENT ON FUNCTION api.documents(int) IS 'The last documents of this till, newest first.';
GRANT EXECUTE ON FUNCTION api.documents(int) TO pos_till;
