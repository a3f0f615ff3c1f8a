-- A sale's points. What the check saw may be gone by now: a second till asked at the same moment. Then this one is
-- posted again, and refused or flagged by what is true then. A customer that an old backup lost is made again from what
-- the document says: a number. Locks: the customer's purse, after gift cards and accounts.
CREATE OR REPLACE FUNCTION pos.book_customer(d jsonb, t pos.till, doc uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_who    bigint := (d->>'customer')::bigint;
  v_earned bigint := (d->'points'->>'earned')::bigint;
  v_spent  bigint := (d->'points'->>'spent')::bigint;
  v_points bigint;
BEGIN
  INSERT INTO customer (number, name, made_store) SELECT v_who, 'Restored ' || v_who, t.store_id
   WHERE NOT EXISTS (SELECT FROM customer WHERE number = v_who) ON CONFLICT DO NOTHING;
  IF NOT d ? 'points' THEN
    RETURN;
  END IF;
  SELECT points INTO v_points FROM customer_purse WHERE customer = v_who FOR UPDATE;
  IF v_spent > 0 AND v_spent > v_points AND NOT EXISTS (SELECT FROM document k WHERE k.id = doc AND 'points_short' = ANY (k.flags)) THEN
    RAISE EXCEPTION 'the points of customer % are being spent at another till', v_who USING ERRCODE = 'serialization_failure';
  END IF;
  UPDATE customer_purse SET points = v_points + v_earned - v_spent WHERE customer = v_who;
  INSERT INTO point_entry (customer, document_id, store_id, at, earned, spent, rate, balance)
    VALUES (v_who, doc, t.store_id, book_customer.at, v_earned, v_spent, (d->'points'->>'rate')::bigint, v_points + v_earned - v_spent);
END $$;
