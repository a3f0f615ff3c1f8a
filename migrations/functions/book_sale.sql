-- The rows of a checked sale or refund, then its stock: locked last and by item, so that hot items are held for the
-- shortest time and two sales never wait for each other crosswise. Parts of rare things are called when the document has
-- them; docs/locks.md has the order. Goods that come back to stock are added, those that
-- are waste are not; a case is taken from its singles. Returns {oversell} when stock went below zero;
-- a department's open item stands for goods nobody counted, so its stock says nothing.
CREATE OR REPLACE FUNCTION pos.book_sale(d jsonb, t pos.till, h pos.shift, doc uuid, at timestamptz) RETURNS text[]
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_sale uuid := (d->>'sale')::uuid;
  v_short boolean;
BEGIN
  INSERT INTO sale (document_id, sale_id, store_id, till_id, shift_id, cashier, business_date, sold_at, net, tax, total, rounding,
                    certificate)
    SELECT doc, v_sale, t.store_id, t.id, h.id, (d->>'cashier')::int, h.business_date, book_sale.at,
           (d->>'total')::bigint - sum(e.tax), sum(e.tax), (d->>'total')::bigint, coalesce((d->>'rounding')::bigint, 0),
           d->'exempt'->>'certificate'
      FROM jsonb_to_recordset(d->'taxes') AS e(tax bigint)
    ON CONFLICT (store_id, sale_id) DO NOTHING;
  IF NOT FOUND THEN  -- booked this very moment by another till; posted again, this one is refused
    RAISE EXCEPTION 'sale % is being booked by another till', v_sale USING ERRCODE = 'serialization_failure';
  END IF;
  IF d ? 'coupons' THEN
    PERFORM book_coupons(d, doc);
  END IF;
  IF d @? '$.tenders[*] ? (@.kind != "cash" && @.kind != "card")' OR d @? '$.lines[*].account' THEN
    PERFORM book_tenders(d, t, doc, book_sale.at);
  END IF;
  IF d ? 'customer' THEN
    PERFORM book_customer(d, t, doc, book_sale.at);
  END IF;
  INSERT INTO sale_line (document_id, n, store_id, item_id, category_id, sold_at, code, qty, price, price_version, amount, tax,
                         cost, given, discount)
    SELECT doc, l.n, t.store_id, l.item, i.category_id, book_sale.at, l.code, l.qty / 1000.0, l.price, l.price_version,
           l.amount, l.tax, i.cost, CASE WHEN l.given IS NULL THEN 0 ELSE taken_off(l.given) END,
           CASE WHEN l.discounts IS NULL THEN 0 ELSE taken_off(l.discounts) END
      FROM jsonb_to_recordset(d->'lines') AS l(n smallint, item bigint, code text, qty numeric, price bigint,
                                               price_version bigint, amount bigint, tax text, given jsonb, discounts jsonb)
      JOIN item i ON i.id = l.item;
  INSERT INTO sale_tax (document_id, tax, rate, net, amount, gross)
    SELECT doc, e.code, e.rate, e.net, e.tax, e.gross
      FROM jsonb_to_recordset(d->'taxes') AS e(code text, rate int, net bigint, tax bigint, gross bigint);
  INSERT INTO payment (document_id, n, kind, amount, change, ref)
    SELECT doc, k.n, k.kind, k.amount, k.change IS NOT NULL, k.ref
      FROM jsonb_to_recordset(d->'tenders') AS k(n smallint, kind text, amount bigint, change int, ref text);
  IF d @? '$.lines[*].back' THEN
    PERFORM book_back(d, t, doc);
  END IF;
  IF d->'lines' @? '$[*] ? (exists(@.single) || exists(@.deposit_for) || @.flags[*] == "empties")' THEN
    PERFORM book_law(d, doc);
  END IF;

  PERFORM FROM stock
    WHERE store_id = t.store_id AND item_id IN (SELECT coalesce(l.single, l.item) FROM jsonb_to_recordset(d->'lines') AS l(item bigint, single bigint))
    ORDER BY item_id FOR UPDATE;
  WITH sold AS (
    SELECT coalesce(l.single, l.item) AS item, sum(l.qty * coalesce(l.pack, 1)) / 1000.0 AS qty
      FROM jsonb_to_recordset(d->'lines') AS l(item bigint, qty numeric, back jsonb, single bigint, pack int)
     WHERE l.back->>'to' IS DISTINCT FROM 'waste' GROUP BY 1 HAVING sum(l.qty * coalesce(l.pack, 1)) <> 0
  ), moved AS (
    UPDATE stock k SET on_hand = k.on_hand - sold.qty FROM sold
     WHERE k.store_id = t.store_id AND k.item_id = sold.item
    RETURNING k.item_id, sold.qty, k.on_hand
  ), written AS (
    INSERT INTO movement (store_id, item_id, at, delta, balance, reason, document_id)
      SELECT t.store_id, m.item_id, book_sale.at, -m.qty, m.on_hand, d->>'kind', doc FROM moved m ORDER BY m.item_id
  )
  SELECT bool_or(m.on_hand < 0 AND m.qty > 0 AND NOT i.open_price AND NOT i.returnable) INTO v_short FROM moved m JOIN item i ON i.id = m.item_id;
  DELETE FROM stock_hold WHERE sale_id = v_sale AND store_id = t.store_id;
  RETURN CASE WHEN v_short THEN ARRAY['oversell'] END;
END $$;
