-- What the shop's pepper must give, so that a till with another one says so before it calls right PINs wrong.
-- Empty until a PIN was set by a program that knows the pepper.
CREATE OR REPLACE FUNCTION api.pepper_check() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM till_of_login();
  RETURN coalesce((SELECT value FROM setting WHERE name = 'pepper_check'), '');
END $$;
COMMENT ON FUNCTION api.pepper_check() IS 'The check value of the shop''s pepper; it gives nothing of the pepper away.';
GRANT EXECUTE ON FUNCTION api.pepper_check() TO pos_till;
