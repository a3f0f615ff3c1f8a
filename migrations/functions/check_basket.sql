-- Asked when the tender opens, before money changes hands: whatever would be refused later is said now.
-- Items that must not oversell are held for this basket for three minutes; whoever comes second is told.
-- A receipt that goods come back of is held likewise, so that no other till refunds it meanwhile.
-- Locks: the sales goods come back of, by id; stock rows of the items held, by item.
CREATE OR REPLACE FUNCTION api.check_basket(body jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_body ALIAS FOR $1;
  t till := till_of_login();
  v_sale uuid := (p_body->>'sale')::uuid;
  v_short bigint[];
  v_back jsonb := '[]';
  v_problems jsonb;
BEGIN
  IF p_body @? '$.lines[*].back.document' THEN
    SELECT coalesce(jsonb_agg(jsonb_build_object('n', h.n, 'code', h.code)), '[]') INTO v_back
      FROM hold_refund(p_body->'lines', v_sale, t) h;
  END IF;
  IF EXISTS (SELECT FROM jsonb_to_recordset(p_body->'lines') AS l(item bigint, single bigint) JOIN item i ON i.id = l.item
              WHERE i.watched OR l.single IS NOT NULL) THEN
    SELECT v_back || coalesce(jsonb_agg(jsonb_build_object('n', b.n, 'code', b.code) ORDER BY b.n, b.code), '[]') INTO v_back
      FROM law_breaches(p_body->'lines', (SELECT s FROM store s WHERE s.id = t.store_id), clock_timestamp()) b;
  END IF;
  IF p_body ?| '{coupons,promotions}' AND deal_breach(p_body, t) IS NOT NULL THEN
    v_back := v_back || jsonb_build_object('n', p_body#>'{lines,0,n}', 'code', deal_breach(p_body, t));
  END IF;
  v_short := hold_stock(p_body->'lines', v_sale, t);
  SELECT coalesce(jsonb_agg(q.problem ORDER BY q.n, q.ord), '[]') INTO v_problems FROM (
    SELECT l.n, x.ord, jsonb_build_object('n', l.n, 'item', l.item) || x.problem AS problem
      FROM jsonb_to_recordset(p_body->'lines') AS l(n int, item bigint, qty bigint, price bigint, price_version bigint, tax text,
                                                    rate int, back jsonb, taxes jsonb)
      LEFT JOIN item_cards(t.store_id, (SELECT array_agg(i.item) FROM jsonb_to_recordset(p_body->'lines') AS i(item bigint))) c
        ON c.item_id = l.item
      CROSS JOIN LATERAL (VALUES
        (1, CASE WHEN c.item_id IS NULL THEN jsonb_build_object('code', 'no_item') END),
        (2, CASE WHEN (c.card->>'blocked') = '1' AND l.back IS NULL THEN jsonb_build_object('code', 'blocked') END),
        (3, CASE WHEN l.back IS NULL AND l.price_version > 0 AND l.price_version <> (c.card->>'price_version')::bigint
                 THEN jsonb_build_object('code', 'price_moved', 'price', c.card->'price', 'price_version', c.card->'price_version')
            END),
        (4, CASE WHEN l.back IS NULL AND (l.tax <> c.card->>'tax' OR l.rate <> (c.card->>'rate')::int
                      OR l.taxes IS DISTINCT FROM c.card->'taxes')
                 THEN jsonb_strip_nulls(jsonb_build_object('code', 'tax_moved', 'tax', c.card->'tax', 'rate', c.card->'rate',
                                                           'taxes', c.card->'taxes')) END),
        (5, CASE WHEN l.item = ANY (v_short) AND l.qty > 0
                 THEN jsonb_build_object('code', 'out_of_stock', 'on_hand', c.card->'on_hand') END),
        (6, CASE WHEN v_back <> '[]' THEN (SELECT jsonb_build_object('code', e->'code') FROM jsonb_array_elements(v_back) e
                                            WHERE (e->>'n')::int = l.n LIMIT 1) END)
      ) x(ord, problem)
     WHERE x.problem IS NOT NULL) q;
  RETURN jsonb_build_object('ok', (v_problems = '[]')::int, 'server_at', utc_text(clock_timestamp()), 'problems', v_problems);
END $$;
COMMENT ON FUNCTION api.check_basket(jsonb) IS 'Moved prices and taxes, blocked items, the law, coupons and promotions, and stock that must not oversell, before pay.';
GRANT EXECUTE ON FUNCTION api.check_basket(jsonb) TO pos_till;
