-- The manager that is logged in, or a refusal.
CREATE OR REPLACE FUNCTION pos.manager_of_login() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM manager WHERE login = session_user AND ended_at IS NULL) THEN
    RAISE EXCEPTION '% is no manager of this shop', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN session_user;
END $$;
