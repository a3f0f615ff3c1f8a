-- One page of the products table, by key and not by offset: the last page costs what the first does.
-- Every row carries its key; the key of the last row, passed back as after, begins the page that follows, and with the
-- sort turned round the key of the first row begins the page before.
CREATE OR REPLACE FUNCTION api.m_items_page(filter jsonb, sort text, after jsonb, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store((filter->>'store')::int);
  v_lim   int := least(greatest(lim, 1), 500);
  v_sort  record;
  v_ids   bigint[];
  v_keys  jsonb;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RAISE EXCEPTION 'store % is not granted', filter->>'store' USING ERRCODE = 'insufficient_privilege';
  END IF;
  v_sort := m_sort(sort, after);
  EXECUTE format('SELECT array_agg(id ORDER BY r), jsonb_object_agg(id, key) FROM ('
                 ' SELECT i.id, jsonb_build_array(%1$s) AS key, row_number() OVER (ORDER BY %2$s) AS r'
                 '   FROM item i JOIN stock k ON k.item_id = i.id AND k.store_id = $1 %3$s WHERE %4$s %5$s'
                 '  ORDER BY %2$s LIMIT $2) x',
                 v_sort.keys, v_sort.orders, v_sort.joins, m_filter(filter), v_sort.past)
    INTO v_ids, v_keys USING v_store, v_lim;
  RETURN jsonb_build_object(
    'rows', (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('cost', m.cost::text, 'key', v_keys->m.id::text)
                                       ORDER BY array_position(v_ids, m.id)), '[]')
               FROM api.m_item m WHERE m.store = (filter->>'store')::int AND m.id = ANY (v_ids)),
    'next', CASE WHEN cardinality(v_ids) = v_lim THEN v_keys->v_ids[v_lim]::text END);
END $$;
COMMENT ON FUNCTION api.m_items_page(jsonb, text, jsonb, int) IS 'One page of items of a granted store, filtered and sorted.';
GRANT EXECUTE ON FUNCTION api.m_items_page(jsonb, text, jsonb, int) TO pos_manager;
