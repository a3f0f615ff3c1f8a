-- One scan: the item a canonical code names (GTIN of 14 digits, PLU or own code), or null.
CREATE OR REPLACE FUNCTION api.find_item(code text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
  v_item bigint;
BEGIN
  SELECT c.item_id INTO v_item FROM item_code c WHERE c.code = find_item.code;
  RETURN (SELECT card FROM item_cards(t.store_id, ARRAY[v_item]));
END $$;
COMMENT ON FUNCTION api.find_item(text) IS 'The item a scanned or typed code names, or null when it is not on file.';
GRANT EXECUTE ON FUNCTION api.find_item(text) TO pos_till;
