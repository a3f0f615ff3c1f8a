-- Items as a manager sees them: one row for every item and granted store.
CREATE OR REPLACE VIEW api.m_item WITH (security_barrier) AS
  SELECT s.number AS store, i.id, i.name,
         coalesce((SELECT min(x.code) FROM pos.item_code x WHERE x.item_id = i.id AND x.kind <> 'plu'), '') AS code,
         coalesce((SELECT min(x.code) FROM pos.item_code x WHERE x.item_id = i.id AND x.kind = 'plu'), '') AS plu,
         c.name AS category, i.unit, coalesce(p.amount, 0) AS price, coalesce(p.id, 0) AS price_version, i.cost,
         i.tax, coalesce((SELECT r.rate FROM pos.tax_rate r
                           WHERE r.tax = i.tax AND r.valid_from <= (now() AT TIME ZONE s.time_zone)::date
                           ORDER BY r.valid_from DESC LIMIT 1),
                         pos.tax_rate_shown(i.tax, (now() AT TIME ZONE s.time_zone)::date), 0) AS rate,
         (CASE WHEN i.single_id IS NULL THEN k.on_hand
                ELSE (SELECT div(y.on_hand, i.pack_count) FROM pos.stock y WHERE y.store_id = s.id AND y.item_id = i.single_id)
           END * 1000)::bigint AS on_hand, (k.low * 1000)::bigint AS low, i.min_age, i.stock_policy, i.blocked,
         u.name AS supplier, i.row_version, i.changed_at, i.changed_by,
         coalesce((SELECT y.name FROM pos.manager y WHERE y.login = i.changed_by), i.changed_by) AS who
    FROM pos.manager m
    JOIN pos.manager_store g ON g.login = m.login
    JOIN pos.store s ON s.id = g.store_id
    JOIN pos.stock k ON k.store_id = s.id
    JOIN pos.item i ON i.id = k.item_id
    JOIN pos.category c ON c.id = i.category_id
    LEFT JOIN pos.supplier u ON u.id = i.supplier_id
    LEFT JOIN LATERAL (SELECT q.id, q.amount FROM pos.price q
                        WHERE q.item_id = i.id AND q.valid_from <= now() AND (q.store_id = s.id OR q.store_id IS NULL)
                        ORDER BY q.valid_from DESC, q.id DESC LIMIT 1) p ON true
   WHERE m.login = session_user AND m.ended_at IS NULL;
COMMENT ON VIEW api.m_item IS 'Items with price and stock, for every store granted to this manager.';
GRANT SELECT ON api.m_item TO pos_manager;
