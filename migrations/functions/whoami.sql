-- Which till this login is, without saying hello: nothing changes.
CREATE OR REPLACE FUNCTION api.whoami() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT jsonb_build_object('store', s.number, 'till', t.number) FROM store s WHERE s.id = t.store_id);
END $$;
COMMENT ON FUNCTION api.whoami() IS 'The numbers of the store and till this login is.';
GRANT EXECUTE ON FUNCTION api.whoami() TO pos_till;
