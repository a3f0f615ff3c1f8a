-- What a till knows of the law of its store: hours (the store's own, or those of all stores), limits, lowest prices, the
-- deposits with their prices of now, and which staff sell goods with a minimum age only with an approval.
CREATE OR REPLACE FUNCTION pos.rules_law(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'zone', s.time_zone,
    'restrictions', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'id', r.id, 'name', r.name, 'items', to_jsonb(r.items), 'categories', to_jsonb(r.categories),
        'strength', (r.strength * 100)::int, 'most', (r.most * 1000)::bigint,
        'hours', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                      'weekdays', to_jsonb(h.weekdays), 'dates', to_jsonb(h.dates), 'since', to_char(h.since, 'HH24:MI'),
                      'until', to_char(h.until, 'HH24:MI'))) ORDER BY h.id), '[]')
                    FROM restriction_hours h
                   WHERE h.restriction_id = r.id
                     AND h.store_id IS NOT DISTINCT FROM (SELECT max(o.store_id) FROM restriction_hours o
                                                           WHERE o.restriction_id = r.id AND o.store_id = s.id)))) ORDER BY r.id), '[]')
      FROM restriction r),
    'lowest', (SELECT coalesce(jsonb_agg(jsonb_build_array(p.valid_from, p.rate) ORDER BY p.valid_from), '[]')
                 FROM lowest_price p
                WHERE p.store_id IS NOT DISTINCT FROM (SELECT max(o.store_id) FROM lowest_price o WHERE o.store_id = s.id)),
    'juniors', (SELECT coalesce(jsonb_agg(jsonb_build_array(p.number, p.serves_from) ORDER BY p.number), '[]')
                  FROM staff p JOIN staff_store w ON w.staff = p.number AND w.store_id = s.id
                 WHERE p.active AND p.serves_from > (now() AT TIME ZONE s.time_zone)::date),
    'deposits', (SELECT coalesce(jsonb_agg(c.card - 'on_hand' ORDER BY c.item_id), '[]')
                   FROM item_cards(s.id, ARRAY(SELECT i.id FROM item i WHERE i.returnable)) c))
    FROM store s WHERE s.id = rules_law.store
$$;
