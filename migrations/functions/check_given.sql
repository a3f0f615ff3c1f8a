-- What was taken off the lines of a sale. Sums that do not fit are refused always. A promotion must have been live between
-- the first scan and now, here, for this customer and goods like these, and not give more than it can; a coupon must be one of
-- its own and not used up; a discount stays within what the cashier's role may give, or an approver's; a special price is for
-- this customer, hour and quantity. The best combination is not searched for here.
CREATE OR REPLACE FUNCTION pos.check_given(d jsonb, t pos.till, s pos.store, at timestamptz)
RETURNS pos.finding LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_breach text[] := '{}';
  v_began  timestamptz;
  g record;
  p promotion;
BEGIN
  IF d->'lines' @? '$[*] ? (@.given.type() == "number" || @.discounts.type() == "number")'
     OR d->'lines' @? '$[*].given[*] ? (@.promotion.type() != "number" || @.amount.type() != "number" || @.pieces.type() != "number"
          || @.amount <= 0 || @.pieces < 0 || !exists(@.promotion) || !exists(@.amount) || !exists(@.pieces))'
     OR d->'lines' @? '$[*].discounts[*] ? (@.kind.type() != "string" || @.amount.type() != "number" || @.reason.type() != "string"
          || @.amount <= 0 || (@.kind != "line" && @.kind != "sale") || !exists(@.kind) || !exists(@.amount) || !exists(@.reason))'
     OR EXISTS (
       SELECT FROM jsonb_to_recordset(d->'lines') AS l(qty bigint, amount numeric, net numeric, given jsonb, discounts jsonb)
        WHERE coalesce(l.net, l.amount) <> l.amount
                - (SELECT coalesce(sum((x->>'amount')::numeric), 0) FROM jsonb_array_elements(coalesce(l.given, '[]')) x)
                - (SELECT coalesce(sum((x->>'amount')::numeric), 0) FROM jsonb_array_elements(coalesce(l.discounts, '[]')) x)
           OR (l.net IS NOT NULL AND (l.net < 0 OR l.net = l.amount))
           OR (l.qty < 0 AND num_nonnulls(l.net, l.given, l.discounts) > 0)) THEN
    RETURN ('given', '{}', '{}')::finding;
  END IF;

  -- The till's clock, corrected; a basket older than a day and a half keeps no promotion of then.
  v_began := (d->>'began')::timestamptz + coalesce((d->>'offset_ms')::bigint, 0) * interval '1 millisecond';
  v_began := least(greatest(coalesce(v_began, check_given.at), check_given.at - interval '36 hours'), check_given.at);
  IF special_breach(d, s, v_began, check_given.at) THEN
    v_breach := v_breach || 'special_price'::text;
  END IF;
  FOR g IN SELECT y.*, (SELECT count(*) FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(d->'coupons') = 'array' THEN d->'coupons' ELSE '[]' END)
                               AS c(promotion bigint) WHERE c.promotion = y.id) AS coupons
             FROM (SELECT (x->>'promotion')::bigint AS id, sum((x->>'amount')::numeric) AS off, bool_or(l.flags ? 'typed_price') AS typed,
                          bool_or(NOT promotion_takes(q.offer, l.item, item_groups(i.category_id, i.supplier_id))) AS foreign_goods
                     FROM jsonb_to_recordset(d->'lines') AS l(item bigint, flags jsonb, given jsonb)
                    CROSS JOIN LATERAL jsonb_array_elements(l.given) x
                     JOIN item i ON i.id = l.item
                     LEFT JOIN promotion q ON q.id = (x->>'promotion')::bigint
                    GROUP BY 1) y ORDER BY y.id LOOP
    SELECT * INTO p FROM promotion q WHERE q.id = g.id;
    IF NOT FOUND OR g.typed OR g.foreign_goods OR (p.coupon AND g.coupons = 0)
       OR (p.levels <> '{}' AND NOT EXISTS (SELECT FROM customer_in_group c
                                             WHERE c.customer = (d->>'customer')::bigint AND c.grp = ANY (p.levels)))
       OR NOT promotion_live(p, t.store_id, s.time_zone, v_began, check_given.at)
       OR g.off > promotion_most(p, d->'lines', g.coupons) THEN
      v_breach := v_breach || 'promotion'::text;
      EXIT;
    END IF;
  END LOOP;
  IF d ? 'coupons' THEN
    v_breach := v_breach || check_coupons(d->'coupons');
  END IF;
  IF d->'lines' @? '$[*].discounts[*]' THEN
    v_breach := v_breach || check_discounts(d, t);
  END IF;
  RETURN (NULL, v_breach, '{}')::finding;
END $$;
