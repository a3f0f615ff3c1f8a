-- The till that is logged in. Nothing a till sends can make it another till.
CREATE OR REPLACE FUNCTION pos.till_of_login() RETURNS pos.till
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till;
BEGIN
  SELECT * INTO t FROM till WHERE login = (session_user COLLATE "default") AND NOT blocked AND claimed;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is no till of this shop', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN t;
END $$;
