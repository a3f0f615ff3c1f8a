-- A payment was given back before the sale was completed: what was held for it is free again. account 0 and ref '':
-- everything this basket holds.
CREATE OR REPLACE FUNCTION api.release_tender(sale uuid, account bigint, ref text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  p_sale ALIAS FOR $1;
  p_account ALIAS FOR $2;
  p_ref ALIAS FOR $3;
  t till := till_of_login();
BEGIN
  DELETE FROM account_hold h WHERE h.sale_id = p_sale AND h.till_id = t.id AND (h.account_id = p_account OR (p_account = 0 AND p_ref = ''));
  DELETE FROM reference_hold h WHERE h.sale_id = p_sale AND h.till_id = t.id AND (h.ref = p_ref OR (p_account = 0 AND p_ref = ''));
END $$;
COMMENT ON FUNCTION api.release_tender(uuid, bigint, text) IS 'Frees what a basket holds of a gift card, account or payment code.';
GRANT EXECUTE ON FUNCTION api.release_tender(uuid, bigint, text) TO pos_till;
