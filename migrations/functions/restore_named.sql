-- What a document names and a server that came back from an old backup does not know: its items and its person, made again
-- from what the document says, for the manager to look at. Items within reach of the numbers already given out only, so
-- that no till can use them up. Returns whether anything was made.
-- Locks: the change counter, by the item table's own trigger; who holds that one never waits for a till.
CREATE OR REPLACE FUNCTION pos.restore_named(d jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_top  bigint := (SELECT coalesce(max(id), 0) FROM item);
  v_made boolean := false;
BEGIN
  INSERT INTO staff (number, name, role, active)
    SELECT (d->>'cashier')::int, 'Restored ' || (d->>'cashier'), 'cashier', false
     WHERE (d->>'cashier')::int BETWEEN 1 AND 999999 ON CONFLICT DO NOTHING;
  v_made := FOUND;
  IF d->>'kind' IN ('sale', 'refund') THEN
    IF NOT EXISTS (SELECT FROM category WHERE name = 'Restored')
       AND EXISTS (SELECT FROM jsonb_to_recordset(d->'lines') AS l(item bigint)
                    WHERE l.item BETWEEN 1 AND v_top + 10000 AND NOT EXISTS (SELECT FROM item i WHERE i.id = l.item)
                   UNION ALL
                   SELECT FROM jsonb_to_recordset(d->'lines') AS l(single bigint)
                    WHERE l.single BETWEEN 1 AND v_top + 10000 AND NOT EXISTS (SELECT FROM item i WHERE i.id = l.single)) THEN
      PERFORM setval('category_id_seq', greatest((SELECT max(id) FROM category), (SELECT last_value FROM category_id_seq)));
      INSERT INTO category (name) VALUES ('Restored') ON CONFLICT (name) DO NOTHING;
    END IF;
    INSERT INTO item (id, name, unit, category_id, tax, min_age)
      SELECT DISTINCT ON (l.item) l.item, coalesce(nullif(btrim(left(regexp_replace(l.name, '[\x01-\x1f\x7f]', ' ', 'g'), 200)), ''), '?'),
             CASE WHEN l.unit IN ('each', 'kg', 'l') THEN l.unit ELSE 'each' END,
             (SELECT id FROM category WHERE name = 'Restored'),
             coalesce((SELECT code FROM tax WHERE code = l.tax), (SELECT min(code) FROM tax)),
             CASE WHEN l.min_age BETWEEN 1 AND 99 THEN l.min_age END
        FROM (SELECT v.item, v.name, v.unit, v.tax, v.min_age
                FROM jsonb_to_recordset(d->'lines') AS v(item bigint, name text, unit text, tax text, min_age int)
              UNION ALL  -- what a case is made of
              SELECT v.single, v.name, 'each', v.tax, v.min_age
                FROM jsonb_to_recordset(d->'lines') AS v(single bigint, name text, tax text, min_age int)
               WHERE v.single IS NOT NULL) l
       WHERE l.item BETWEEN 1 AND v_top + 10000 AND NOT EXISTS (SELECT FROM item i WHERE i.id = l.item);
    IF FOUND THEN
      v_made := true;
      PERFORM setval(pg_get_serial_sequence('pos.item', 'id'), greatest((SELECT max(id) FROM item), v_top));
      IF NOT EXISTS (SELECT FROM item WHERE holds = 'gift_card') THEN  -- what a line loaded was no goods
        UPDATE item SET holds = 'gift_card', open_price = true
         WHERE id = (SELECT min(l.item) FROM jsonb_to_recordset(d->'lines') AS l(item bigint, account bigint) WHERE l.account IS NOT NULL);
      END IF;
    END IF;
  END IF;
  RETURN v_made;
END $$;
