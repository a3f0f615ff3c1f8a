-- What a manager can edit of an item in a store, as edits name it. The newest price in force counts.
CREATE OR REPLACE FUNCTION pos.m_edit_fields(store bigint, i pos.item) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
           'price', coalesce((SELECT p.amount FROM price p WHERE p.id = current_price((i).id, m_edit_fields.store, clock_timestamp())), 0),
           'name', (i).name, 'category', c.name, 'supplier', coalesce(u.name, ''), 'tax', (i).tax, 'min_age', (i).min_age,
           'blocked', (i).blocked::int, 'low', (k.low * 1000)::bigint)
    FROM category c
    JOIN stock k ON k.store_id = m_edit_fields.store AND k.item_id = (i).id
    LEFT JOIN supplier u ON u.id = (i).supplier_id
   WHERE c.id = (i).category_id
$$;
