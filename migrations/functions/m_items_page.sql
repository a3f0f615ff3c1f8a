-- One page of the products table, by key and not by offset: the last page costs what the first does.
-- next is null on the last page, otherwise it is passed back as after.
CREATE OR REPLACE FUNCTION api.m_items_page(filter jsonb, sort text, after jsonb, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store((filter->>'store')::int);
  v_down  boolean := left(sort, 1) = '-';
  v_lim   int := least(greatest(lim, 1), 500);
  v_key   text := CASE ltrim(sort, '-') WHEN 'name' THEN 'i.search COLLATE "C"'
                    WHEN 'price' THEN 'coalesce(p.amount, 0)'
                    WHEN 'on_hand' THEN 'k.on_hand' WHEN 'id' THEN 'i.id' END;
  v_type  text := CASE ltrim(sort, '-') WHEN 'name' THEN 'text' WHEN 'on_hand' THEN 'numeric' ELSE 'bigint' END;
  v_from  text := '';
  v_past  text := '';
  v_ids   bigint[];
  v_last  text;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL OR v_key IS NULL THEN
    RAISE EXCEPTION 'no page of store % sorted by %', filter->>'store', sort USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF v_key LIKE '%p.amount%' THEN  -- as current_price(), once an item
    v_from := ' LEFT JOIN LATERAL (SELECT q.amount FROM price q WHERE q.item_id = i.id AND q.valid_from <= now()'
              ' AND (q.store_id = k.store_id OR q.store_id IS NULL) ORDER BY q.valid_from DESC, q.id DESC LIMIT 1) p ON true';
  END IF;
  IF after IS NOT NULL THEN
    v_past := format(' AND (%s, i.id) %s (%L::%s, %L::bigint)', v_key, CASE WHEN v_down THEN '<' ELSE '>' END,
                     after->>'key', v_type || CASE v_type WHEN 'text' THEN ' COLLATE "C"' ELSE '' END, after->>'id');
  END IF;
  EXECUTE format('SELECT array_agg(id ORDER BY r), (array_agg(key::text ORDER BY r DESC))[1] FROM ('
                 ' SELECT i.id, %1$s AS key, row_number() OVER (ORDER BY %1$s %2$s, i.id %2$s) AS r'
                 '   FROM item i JOIN stock k ON k.item_id = i.id AND k.store_id = $1 %5$s WHERE %3$s %4$s'
                 '  ORDER BY %1$s %2$s, i.id %2$s LIMIT $2) x',
                 v_key, CASE WHEN v_down THEN 'DESC' ELSE 'ASC' END, m_filter(filter), v_past, v_from)
    INTO v_ids, v_last USING v_store, v_lim;
  RETURN jsonb_build_object(
    'rows', (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('cost', m.cost::text)
                                       ORDER BY array_position(v_ids, m.id)), '[]')
               FROM api.m_item m WHERE m.store = (filter->>'store')::int AND m.id = ANY (v_ids)),
    'next', CASE WHEN cardinality(v_ids) = v_lim
                 THEN jsonb_build_object('key', v_last, 'id', v_ids[cardinality(v_ids)]) END);
END $$;
COMMENT ON FUNCTION api.m_items_page(jsonb, text, jsonb, int) IS 'One page of items of a granted store, filtered and sorted.';
GRANT EXECUTE ON FUNCTION api.m_items_page(jsonb, text, jsonb, int) TO pos_manager;
