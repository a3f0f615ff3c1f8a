-- Items again by their ids, after a change was announced.
CREATE OR REPLACE FUNCTION api.items_by_id(ids bigint[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(card ORDER BY item_id), '[]') FROM item_cards(t.store_id, ids[1:1000]));
END $$;
COMMENT ON FUNCTION api.items_by_id(bigint[]) IS 'Up to 1000 items by id.';
GRANT EXECUTE ON FUNCTION api.items_by_id(bigint[]) TO pos_till;
