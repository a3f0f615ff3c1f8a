-- What api.hello answers.
CREATE OR REPLACE FUNCTION pos.hello_answer(t pos.till, s pos.store) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'schema', schema_step(), 'server_at', utc_text(clock_timestamp()), 'change', (SELECT last FROM change_counter),
    'store', jsonb_build_object(
      'number', s.number, 'name', s.name, 'currency', s.currency, 'tax_mode', s.tax_mode, 'time_zone', s.time_zone,
      'header', to_jsonb(s.header), 'footer', to_jsonb(s.footer), 'legal', s.legal, 'offline', s.offline::int,
      'offline_caps', jsonb_build_object('minutes', s.offline_minutes, 'sales', s.offline_sales, 'sale', s.offline_sale,
                                         'cash', s.offline_cash),
      'count_blind', coalesce((SELECT x.value = 'on' FROM setting x WHERE x.name IN ('count_blind', 'count_blind.' || s.number)
                                ORDER BY length(x.name) DESC LIMIT 1), false)::int,
      'command_secret', encode(s.command_secret, 'hex'),
      'code_patterns', (SELECT coalesce(jsonb_agg(p.pattern ORDER BY p.id), '[]') FROM code_pattern p
                         WHERE p.store_id IS NULL OR p.store_id = s.id)),
    'till', jsonb_build_object(
      'number', t.number, 'name', t.name, 'drawer', (SELECT w.number FROM drawer w WHERE w.id = t.drawer_id),
      'epoch', t.epoch, 'next_no', t.next_no, 'head', encode(t.head, 'hex'), 'grand', t.grand, 'z_next', t.z_next,
      'open_shift', (SELECT jsonb_build_object('id', h.id, 'opened_at', utc_text(h.opened_at), 'cashier', h.opened_by,
                                               'business_date', h.business_date, 'float', h.float, 'single', h.single::int)
                       FROM shift h WHERE h.store_id = t.store_id AND h.drawer_id = t.drawer_id AND h.till_id = t.id
                        AND h.closed_at IS NULL)),
    'tax_rates', (SELECT coalesce(jsonb_agg(jsonb_build_array(r.tax, r.valid_from, r.rate) ORDER BY r.tax, r.valid_from), '[]')
                    FROM tax_rate r),
    'reasons', (SELECT coalesce(jsonb_object_agg(k.kind, k.list), '{}') FROM (
                  SELECT kind, jsonb_agg(jsonb_build_object('code', code, 'text', text) ORDER BY position, code) AS list
                    FROM reason GROUP BY kind) k),
    'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'icon', c.icon, 'colour', c.colour,
                            'open_item', coalesce((SELECT min(i.id) FROM item i WHERE i.category_id = c.id AND i.open_price AND i.holds IS NULL), 0))
                            ORDER BY c.position, c.name), '[]') FROM category c),
    'tiles', (SELECT coalesce(jsonb_agg(jsonb_build_object('page', x.page, 'label', x.label, 'item', x.card, 'icon', x.icon,
                                                           'colour', x.colour) ORDER BY x.page_order, x.page, x.position, x.id), '[]')
                FROM (SELECT y.*, c.card, min(y.id) OVER (PARTITION BY y.page) AS page_order
                        FROM tile y
                        JOIN item_cards(s.id, (SELECT array_agg(item_id) FROM tile)) c ON c.item_id = y.item_id
                       WHERE y.store_id IS NULL OR y.store_id = s.id) x))
$$;
