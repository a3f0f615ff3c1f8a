-- Search as the cashier types: any part of a name, words in any order, accents and case ignored.
CREATE OR REPLACE FUNCTION api.search_items(words text, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  t till := till_of_login();
  v_ids bigint[] := search_ids(words, lim);
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(card ORDER BY array_position(v_ids, item_id)), '[]') FROM item_cards(t.store_id, v_ids));
END $$;
COMMENT ON FUNCTION api.search_items(text, int) IS 'Up to lim items (200 at most) whose name holds every word.';
GRANT EXECUTE ON FUNCTION api.search_items(text, int) TO pos_till;
