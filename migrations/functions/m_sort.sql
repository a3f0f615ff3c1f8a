-- A sort such as "category,-price" as SQL over item i and stock k: the joins it needs, the keys, their order, and
-- what comes after a row's keys. The id is always the last key and goes the way of the first, so that a sort in one
-- direction is one row comparison, which an index can answer.
CREATE OR REPLACE FUNCTION pos.m_sort(sort text, after jsonb, OUT joins text, OUT keys text, OUT orders text, OUT past text)
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_term  text;
  v_keys  text[] := '{}';
  v_last  text[] := '{}';
  v_downs boolean[] := '{}';
  v_name  text;
  v_type  text;
  v_same  text := '';
BEGIN
  joins := '';
  past := '';
  FOREACH v_term IN ARRAY string_to_array(sort, ',') || (CASE WHEN left(sort, 1) = '-' THEN '-' ELSE '' END || 'id') LOOP
    v_name := ltrim(v_term, '-');
    v_type := CASE v_name WHEN 'on_hand' THEN 'numeric' WHEN 'low' THEN 'numeric' WHEN 'cost' THEN 'numeric'
                          WHEN 'price' THEN 'bigint' WHEN 'id' THEN 'bigint' ELSE 'text COLLATE "C"' END;
    v_keys := v_keys || CASE v_name
      WHEN 'name' THEN 'i.search COLLATE "C"' WHEN 'id' THEN 'i.id' WHEN 'on_hand' THEN 'k.on_hand'
      WHEN 'price' THEN 'coalesce(p.amount, 0)' WHEN 'cost' THEN 'coalesce(i.cost, -1)' WHEN 'low' THEN 'coalesce(k.low, -1)'
      WHEN 'category' THEN 'c.sort COLLATE "C"' WHEN 'supplier' THEN 'coalesce(u.sort, '''') COLLATE "C"' END;
    IF v_keys[cardinality(v_keys)] IS NULL OR cardinality(v_keys) > 6 THEN
      RAISE EXCEPTION 'items cannot be sorted by %', sort USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_downs := v_downs || (left(v_term, 1) = '-');
    joins := joins || CASE v_name  -- OFFSET 0: a name is folded once, not once an item
      WHEN 'category' THEN ' JOIN (SELECT id, fold(name) AS sort FROM category OFFSET 0) c ON c.id = i.category_id'
      WHEN 'supplier' THEN ' LEFT JOIN (SELECT id, fold(name) AS sort FROM supplier OFFSET 0) u ON u.id = i.supplier_id'
      WHEN 'price' THEN  -- as current_price(), once an item
        ' LEFT JOIN LATERAL (SELECT q.amount FROM price q WHERE q.item_id = i.id AND q.valid_from <= now()'
        ' AND (q.store_id = k.store_id OR q.store_id IS NULL) ORDER BY q.valid_from DESC, q.id DESC LIMIT 1) p ON true'
      ELSE '' END;
    v_last := v_last || CASE WHEN after IS NOT NULL THEN format('%L::%s', after->>(cardinality(v_keys) - 1), v_type) END;
  END LOOP;
  keys := array_to_string(v_keys, ', ');
  SELECT string_agg(v_keys[n] || CASE WHEN v_downs[n] THEN ' DESC' ELSE ' ASC' END, ', ' ORDER BY n) INTO orders
    FROM generate_subscripts(v_keys, 1) n;
  IF after IS NULL THEN
    RETURN;
  ELSIF NOT true = ANY (v_downs) OR NOT false = ANY (v_downs) THEN
    past := format(' AND (%s) %s (%s)', keys, CASE WHEN v_downs[1] THEN '<' ELSE '>' END, array_to_string(v_last, ', '));
    RETURN;
  END IF;
  FOR n IN 1 .. cardinality(v_keys) LOOP
    past := past || CASE WHEN n > 1 THEN ' OR ' ELSE '' END || '(' || v_same || v_keys[n]
            || CASE WHEN v_downs[n] THEN ' < ' ELSE ' > ' END || v_last[n] || ')';
    v_same := v_same || v_keys[n] || ' = ' || v_last[n] || ' AND ';
  END LOOP;
  past := ' AND (' || past || ')';
END $$;
