-- The lowest price a store asked everybody for an item lately: in the days of the setting refund_price_days (30 without one),
-- the price that counted when they began included. Without a receipt no more than that is given back.
CREATE OR REPLACE FUNCTION pos.lowest_price(item bigint, store bigint, at timestamptz) RETURNS TABLE (price bigint, price_version bigint)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH x AS (
    SELECT $3 - coalesce((SELECT value FROM setting WHERE name = 'refund_price_days')::int, 30) * interval '1 day' AS began
  )
  SELECT a.amount, a.id FROM (
    SELECT p.amount, p.id FROM price p, x
     WHERE p.item_id = $1 AND (p.store_id = $2 OR p.store_id IS NULL) AND p.valid_from <= $3
       AND p.valid_from >= coalesce((SELECT max(q.valid_from) FROM price q WHERE q.item_id = $1 AND q.valid_from <= x.began
                                        AND (q.store_id = $2 OR q.store_id IS NULL)), x.began)
    UNION ALL
    SELECT p.amount, p.id FROM special_price p, x
     WHERE p.item_id = $1 AND (p.store_id = $2 OR p.store_id IS NULL) AND p.level = '' AND p.least = 0
       AND coalesce(p.starts <= $3::date, true) AND coalesce(p.ends >= x.began::date, true) AND coalesce(p.ended_at >= x.began, true)
  ) a ORDER BY a.amount, a.id DESC LIMIT 1
$$;
