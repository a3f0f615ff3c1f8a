-- Items as a till knows them, for one store and now: one JSON object each.
CREATE OR REPLACE FUNCTION pos.item_cards(store bigint, ids bigint[]) RETURNS TABLE (item_id bigint, card jsonb)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT i.id, jsonb_strip_nulls(jsonb_build_object(
           'id', i.id, 'name', i.name, 'unit', i.unit, 'price', coalesce(p.amount, 0), 'price_version', coalesce(p.id, 0),
           'tax', i.tax, 'rate', coalesce(r.rate, 0),
           'min_age', i.min_age, 'category', c.name, 'category_id', c.id,
           'icon', coalesce(nullif(i.icon, ''), c.icon), 'colour', coalesce(nullif(i.colour, ''), c.colour),
           'on_hand', (CASE WHEN i.pack_count IS NULL THEN k.on_hand ELSE div(k.on_hand, i.pack_count) END * 1000)::bigint, 'stock_policy', i.stock_policy,
           'code', coalesce((SELECT min(x.code) FROM item_code x WHERE x.item_id = i.id AND x.kind <> 'plu'), ''),
           'plu', coalesce((SELECT min(x.code) FROM item_code x WHERE x.item_id = i.id AND x.kind = 'plu'), ''),
           'open_price', i.open_price::int, 'blocked', i.blocked::int)) || item_extra(i, s.id)
    FROM item i
    JOIN store s ON s.id = item_cards.store
    LEFT JOIN LATERAL (  -- tax_rate_on() likewise
      SELECT y.rate FROM tax_rate y WHERE y.tax = i.tax AND y.valid_from <= (now() AT TIME ZONE s.time_zone)::date
       ORDER BY y.valid_from DESC LIMIT 1) r ON true
    JOIN category c ON c.id = i.category_id
    JOIN stock k ON k.store_id = s.id AND k.item_id = coalesce(i.single_id, i.id)
    LEFT JOIN LATERAL (  -- current_price(), spelled out: fifty calls cost more than fifty look-ups
      SELECT q.id, q.amount FROM price q
       WHERE q.item_id = i.id AND q.valid_from <= now() AND (q.store_id = s.id OR q.store_id IS NULL)
       ORDER BY q.valid_from DESC, q.id DESC LIMIT 1) p ON true
   WHERE i.id = ANY (ids)
$$;
