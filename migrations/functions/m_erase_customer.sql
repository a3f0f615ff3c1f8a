-- A person asks to be forgotten, and a manager of every store does it: not while an account holds or owes money.
-- Locks: the account, then the customer.
CREATE OR REPLACE FUNCTION api.m_erase_customer(number bigint, row_version bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_number ALIAS FOR $1;
  p_version ALIAS FOR $2;
  v_balance bigint;
  c customer;
BEGIN
  PERFORM manager_of_login();
  IF NOT every_store_granted() THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'every_store');
  END IF;
  SELECT a.balance INTO v_balance FROM account a JOIN customer x ON x.account = a.id WHERE x.number = p_number FOR UPDATE OF a;
  SELECT * INTO c FROM customer WHERE number = p_number AND erased_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'gone');
  ELSIF c.row_version IS DISTINCT FROM p_version THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'customer', customer_state(p_number));
  ELSIF v_balance <> 0 THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'owes');
  END IF;
  PERFORM erase_customer(p_number);
  INSERT INTO audit (what, subject) VALUES ('customer_erased', p_number::text);
  RETURN jsonb_build_object('outcome', 'ok');
END $$;
COMMENT ON FUNCTION api.m_erase_customer(bigint, bigint) IS 'Takes a person out of the shop; the number stays for the documents. Audited.';
GRANT EXECUTE ON FUNCTION api.m_erase_customer(bigint, bigint) TO pos_manager;
