-- Seconds until this till may look a customer up again; 0: at once. Cards are counted apart from what people type;
-- choosing among the few names just shown counts with the search that showed them. The first refusal of an hour is
-- told to the manager. The till's row of customer_desk is locked.
CREATE OR REPLACE FUNCTION pos.customer_wait(t pos.till, how text) RETURNS int
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p_how ALIAS FOR $2;
  v_since timestamptz := clock_timestamp() - interval '1 hour';
  v_card boolean := p_how = 'card';
  v_most int;
  v_first timestamptz;
BEGIN
  IF p_how = 'chosen' THEN
    RETURN 0;
  END IF;
  SELECT CASE WHEN v_card THEN coalesce(max(card_lookups), 300) ELSE coalesce(max(lookups), 60) END INTO v_most
    FROM customer_rule WHERE store_id = t.store_id;
  SELECT l.at INTO v_first FROM customer_lookup l
   WHERE l.till_id = t.id AND l.at > v_since AND (l.how = 'card') = v_card AND l.how <> 'chosen'
   ORDER BY l.at DESC OFFSET v_most - 1 LIMIT 1;
  IF v_first IS NULL THEN
    RETURN 0;
  END IF;
  UPDATE customer_desk SET told_at = clock_timestamp() WHERE till_id = t.id AND told_at < v_since;
  IF FOUND THEN
    INSERT INTO flag (store_id, till_id, kind, alarm, detail)
      VALUES (t.store_id, t.id, 'customer_lookups', true, jsonb_build_object('how', p_how, 'most', v_most));
  END IF;
  RETURN greatest(1, ceil(extract(epoch FROM v_first + interval '1 hour' - clock_timestamp())))::int;
END $$;
