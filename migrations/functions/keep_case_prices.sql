-- Twelve singles cost what their case costs, if that is less: a promotion for each price a case has in some stores now, made
-- and ended with that price. The till finds and the server checks it like any other. Without cases: all of them, for the
-- keeper, since nobody writes anything when a price begins that was entered for later.
-- Locks: the change counter, by the promotion table's own trigger.
CREATE OR REPLACE FUNCTION pos.keep_case_prices(cases bigint[] DEFAULT NULL) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  w record;
  v_id bigint;
  v_kept bigint[] := '{}';
  v_ended bigint[];
  v_made int := 0;
BEGIN
  FOR w IN
    SELECT c.id, c.offer, CASE WHEN count(*) = c.stores THEN '{}' ELSE array_agg(c.store_id ORDER BY c.store_id) END AS stores
      FROM (SELECT i.id, s.id AS store_id, (SELECT count(*) FROM store) AS stores,
                   jsonb_build_object('kind', 'set', 'total', p.amount, 'parts', jsonb_build_array(jsonb_build_object(
                     'count', i.pack_count, 'goods', jsonb_build_object('items', jsonb_build_array(i.single_id))))) AS offer
              FROM item i CROSS JOIN store s
              JOIN price p ON p.id = current_price(i.id, s.id, clock_timestamp())
             WHERE i.single_id IS NOT NULL AND i.pack_count <= 100 AND NOT i.blocked AND p.amount > 0
               AND (cases IS NULL OR i.id = ANY (cases))) c
     GROUP BY c.id, c.offer, c.stores ORDER BY c.id, c.offer
  LOOP
    SELECT p.id INTO v_id FROM case_promotion k JOIN promotion p ON p.id = k.promotion_id
     WHERE k.item_id = w.id AND p.ended_at IS NULL AND p.offer = w.offer AND p.stores = w.stores;
    IF v_id IS NULL THEN
      INSERT INTO promotion (name, offer, stores) VALUES ('Case price', w.offer, w.stores) RETURNING id INTO v_id;
      INSERT INTO case_promotion (promotion_id, item_id) VALUES (v_id, w.id);
      v_made := v_made + 1;
    END IF;
    v_kept := v_kept || v_id;
  END LOOP;
  v_ended := ARRAY(SELECT k.promotion_id FROM case_promotion k JOIN promotion p ON p.id = k.promotion_id
                    WHERE p.ended_at IS NULL AND (cases IS NULL OR k.item_id = ANY (cases)) AND p.id <> ALL (v_kept));
  IF v_ended <> '{}' THEN
    UPDATE promotion SET ended_at = now() WHERE id = ANY (v_ended);
  END IF;
  RETURN v_made;
END $$;
