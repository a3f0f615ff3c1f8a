-- The most a promotion can take off a sale, minor units, from its offer and the lines alone: more than that no till may
-- book in its name. Less is the till's business: it searches for the best combination, the server does not.
CREATE OR REPLACE FUNCTION pos.promotion_most(p pos.promotion, lines jsonb, coupons bigint) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH its AS (
    SELECT l.item, l.qty, l.amount, (g->>'pieces')::numeric AS pieces, (g->>'amount')::numeric AS off,
           CASE WHEN (g->>'pieces')::numeric > 0 THEN l.price ELSE round_div(l.price * l.qty, 1000) END AS price
      FROM jsonb_to_recordset(lines) AS l(item bigint, qty numeric, price numeric, amount numeric, given jsonb)
      LEFT JOIN LATERAL jsonb_array_elements(l.given) g ON (g->>'promotion')::bigint = p.id
      JOIN item i ON i.id = l.item
     WHERE l.qty > 0 AND promotion_takes(p.offer, l.item, item_groups(i.category_id, i.supplier_id))
  ), sums AS (
    SELECT coalesce(sum(amount), 0) AS all_of, coalesce(sum(amount) FILTER (WHERE off > 0), 0) AS amount,
           coalesce(sum(pieces), 0) AS pieces, count(*) FILTER (WHERE off > 0) AS n FROM its
  )
  SELECT CASE p.offer->>'kind'
    WHEN 'each' THEN CASE WHEN pieces > promotion_times(p, coupons) THEN 0 ELSE (
      SELECT sum(CASE WHEN its.pieces > 0 THEN its.pieces * cut_most(p.offer->'cut', item, price, 1000)
                      WHEN p.offer->'cut' ? 'ppm' THEN round_div(its.amount * (p.offer#>>'{cut,ppm}')::numeric, 1000000)
                      ELSE cut_most(p.offer->'cut', item, price, qty) END) FROM its WHERE off > 0) END
    WHEN 'cheapest' THEN ceil(all_of * coalesce((p.offer->>'ppm')::numeric, 1000000) * (p.offer->>'cheapest')::numeric
                              / (1000000 * (p.offer->>'count')::numeric)) + pieces
    WHEN 'set' THEN CASE WHEN p.offer ? 'total' THEN all_of - (p.offer->>'total')::numeric ELSE amount END
    WHEN 'spend' THEN CASE WHEN all_of < (p.offer->>'least')::numeric THEN 0
                           WHEN p.offer->'cut' ? 'off' THEN (p.offer#>>'{cut,off}')::numeric
                           ELSE ceil(all_of * (p.offer#>>'{cut,ppm}')::numeric / 1000000) + n END END
    FROM sums
$$;
