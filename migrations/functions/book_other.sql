-- The rows of a checked document that is no sale.
CREATE OR REPLACE FUNCTION pos.book_other(d jsonb, t pos.till, h pos.shift, doc uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_kind text := d->>'kind';
  v_who int := (d->>'cashier')::int;
BEGIN
  IF v_kind = 'shift_open' THEN
    INSERT INTO shift (id, store_id, drawer_id, till_id, business_date, opened_by, opened_at, float, single)
      VALUES (doc, t.store_id, t.drawer_id, t.id, (d->>'business_date')::date, v_who, book_other.at, (d->>'float')::bigint,
              d ? 'single');
  ELSIF v_kind = 'shift_close' THEN
    UPDATE shift SET closed_by = v_who, closed_at = book_other.at, close_document = doc, z = (d->>'z')::bigint,
           counted = (d->>'counted')::bigint, expected = (d->>'expected')::bigint, over_short = (d->>'over_short')::bigint,
           blind = (d->>'blind') = '1', figures = d->'figures'
     WHERE id = h.id;
  ELSIF v_kind = 'cash' THEN
    INSERT INTO cash_movement (document_id, store_id, till_id, shift_id, direction, amount, reason, cashier, at)
      VALUES (doc, t.store_id, t.id, h.id, d->>'direction', (d->>'amount')::bigint, d->>'reason', v_who, book_other.at);
  ELSIF v_kind = 'account_payment' THEN
    PERFORM book_account_payment(d, t, h, doc, book_other.at);
  ELSE
    INSERT INTO event (document_id, store_id, till_id, shift_id, name, sale_id, reason, amount, detail, cashier, at)
      VALUES (doc, t.store_id, t.id, h.id, CASE v_kind WHEN 'event' THEN d->>'name' ELSE v_kind END, (d->>'sale')::uuid,
              d->>'reason', (d->>'total')::bigint, coalesce(d->'detail', '{}'), v_who, book_other.at);
    IF v_kind = 'void' THEN
      DELETE FROM stock_hold WHERE sale_id = (d->>'sale')::uuid AND store_id = t.store_id;
      DELETE FROM refund_hold WHERE sale_id = (d->>'sale')::uuid AND store_id = t.store_id;
    END IF;
  END IF;
END $$;
