-- The lines of a sale or refund: whole, of items we know, price times quantity, at prices that are or were ours.
-- One look at all lines, which also says what else there is to check. Lines that come back (back, empties) have a
-- negative quantity; their prices are judged by their own parts.
CREATE OR REPLACE FUNCTION pos.check_lines(d jsonb, t pos.till, at timestamptz, stands boolean)
RETURNS pos.line_facts LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  l record;
  v_reason text;
BEGIN
  SELECT count(*) AS n, coalesce(bool_and(coalesce(
             i.n BETWEEN 1 AND 1000 AND i.price BETWEEN 0 AND 99999999 AND i.tax <> '' AND i.price_version >= 0
             AND jsonb_typeof(i.flags) = 'array'
             AND CASE WHEN i.back IS NULL AND NOT i.flags ? 'empties'
                      THEN i.qty BETWEEN 1 AND 99999000 AND i.amount BETWEEN 0 AND 9999999900000
                      ELSE i.qty BETWEEN -99999000 AND -1 AND i.amount BETWEEN -9999999900000 AND 0 END, false)), false)
             AND count(DISTINCT i.n) = count(*) AND max(i.n) = count(*)
             AND (d->>'kind' <> 'refund' OR bool_and(i.qty < 0)) AS shaped,
         bool_and(m.id IS NOT NULL AND (i.single IS NULL OR i.pack BETWEEN 2 AND 999 AND EXISTS (SELECT FROM item x WHERE x.id = i.single)))
           AS known,
         bool_and(i.back IS NOT NULL OR i.amount = round_div(i.price::numeric * i.qty, 1000)
                  OR (i.flags ? 'label_price' AND i.code ~ '^(02|2)\d{6,12}$|^0?(02|2)\d{11,12}$')) AS extended,
         bool_and(i.back IS NOT NULL OR
                  ((NOT i.flags ? 'label_price' OR label_fits(i.code, i.item, i.amount, t.store_id)) AND
                   CASE WHEN i.price_version = 0 THEN i.flags ? 'typed_price' OR i.flags ? 'label_price'
                        WHEN v.id IS NULL THEN special_fits(i.price_version, i.item, i.price, t.store_id)
                        ELSE coalesce(v.item_id = i.item AND v.amount = i.price AND coalesce(v.store_id, t.store_id) = t.store_id
                                      AND v.valid_from <= check_lines.at + interval '1 minute', false) END)) AS priced,
         bool_or(m.blocked AND i.qty > 0) AS blocked,
         bool_or(m.tax <> i.tax AND i.back IS NULL) AS tax_moved,
         max(m.min_age) FILTER (WHERE i.qty > 0) AS min_age,
         bool_or(i.flags ? 'typed_price' AND m.open_price) AS typed_open,
         bool_or(i.flags ? 'typed_price' AND NOT m.open_price) AS typed_over,
         bool_or(i.net IS NOT NULL OR i.given IS NOT NULL OR i.discounts IS NOT NULL) AS reduced,
         bool_or(i.back IS NOT NULL) AS back, bool_or(m.watched OR i.single IS NOT NULL OR i.deposit_for IS NOT NULL) AS watched,
         bool_or(i.price_version > 0 AND i.back IS NULL AND i.price_version <> (
                   SELECT q.id FROM price q  -- current_price(), spelled out: a call costs more than the look-up
                    WHERE q.item_id = i.item AND q.valid_from <= check_lines.at
                      AND (q.store_id = t.store_id OR q.store_id IS NULL)
                    ORDER BY q.valid_from DESC, q.id DESC LIMIT 1)
                 AND (v.id IS NOT NULL OR NOT special_fits(i.price_version, i.item, i.price, t.store_id))) AS old_price
    INTO l
    FROM jsonb_to_recordset(d->'lines') AS i(n int, item bigint, code text, qty bigint, price bigint, price_version bigint,
                                             amount bigint, tax text, flags jsonb, net bigint, given jsonb, discounts jsonb,
                                             back jsonb, single bigint, pack int, deposit_for int)
    LEFT JOIN item m ON m.id = i.item
    LEFT JOIN price v ON v.id = i.price_version;
  v_reason := CASE WHEN NOT l.shaped THEN 'lines' WHEN NOT l.known THEN 'no_item'
                   WHEN NOT coalesce(l.extended, false) THEN 'amounts'
                   WHEN NOT coalesce(l.priced, false) AND NOT stands THEN 'price' END;
  RETURN (v_reason, CASE WHEN coalesce(l.priced, false) THEN '{}'::text[] ELSE ARRAY['price'] END,
          CASE WHEN l.old_price THEN ARRAY['old_price'] ELSE '{}'::text[] END, l.blocked, l.min_age, l.typed_open,
          l.typed_over, l.tax_moved, l.reduced, l.back, l.watched)::line_facts;
END $$;
