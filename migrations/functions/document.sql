-- One document of this till's present epoch by its number, or null.
CREATE OR REPLACE FUNCTION api.document(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT jsonb_build_object('no', k.no, 'kind', k.kind, 'outcome', k.outcome, 'body', k.body,
                                    'head', encode(k.hash, 'hex'), 'server_at', utc_text(k.server_at))
            FROM document k
           WHERE k.store_id = t.store_id AND k.till_id = t.id AND k.epoch = t.epoch AND k.no = $1);
END $$;
COMMENT ON FUNCTION api.document(bigint) IS 'One of this till''s documents, byte for byte, with its outcome.';
GRANT EXECUTE ON FUNCTION api.document(bigint) TO pos_till;
