-- What a till of a store knows of promotions: its store's number, the legal clock, the reasons of
-- discounts, every offer that has not ended, in the form of domain/promotion_record.py.
CREATE OR REPLACE FUNCTION pos.rules_promotions(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object('store', s.number, 'zone', s.time_zone,
    'reasons', (SELECT coalesce(jsonb_agg(r.text ORDER BY r.position, r.code), '[]') FROM reason r WHERE r.kind = 'discount'),
    'promotions', (
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'id', p.id, 'name', p.name, 'offer', p.offer, 'stackable', nullif(p.stackable::int, 0), 'limit', p.most,
             'coupon', CASE WHEN p.coupon THEN 'p' || p.id END,
             'levels', CASE WHEN p.levels <> '{}' THEN to_jsonb(p.levels) END) || when_fields(p.starts, p.ends, p.weekdays, p.since, p.until))
             ORDER BY p.id), '[]')
      FROM promotion p
     WHERE p.ended_at IS NULL AND (p.stores = '{}' OR s.id = ANY (p.stores))
       AND coalesce(p.ends >= (now() AT TIME ZONE s.time_zone)::date - 1, true)))
    FROM pos.store s WHERE s.id = rules_promotions.store
$$;
