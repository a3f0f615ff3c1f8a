-- What a gift card, a credit or a voucher holds, by its code; null when there is none.
CREATE OR REPLACE FUNCTION api.account_find(code text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
  v account;
BEGIN
  SELECT * INTO v FROM account a WHERE a.code = account_find.code;
  RETURN CASE WHEN v.id IS NOT NULL THEN account_card(v, NULL) END;
END $$;
COMMENT ON FUNCTION api.account_find(text) IS 'What a gift card, store credit or voucher holds.';
GRANT EXECUTE ON FUNCTION api.account_find(text) TO pos_till;
