-- Money received on a house account: less is owed. A customer and an account that an old backup lost are made again from
-- what the document says: their numbers. Locks: the account's row.
CREATE OR REPLACE FUNCTION pos.book_account_payment(d jsonb, t pos.till, h pos.shift, doc uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_who     bigint := (d->>'customer')::bigint;
  v_account bigint := (d->>'account')::bigint;
  v_amount  bigint := (d->>'amount')::bigint;
  v_balance bigint;
BEGIN
  IF d->'flags' ? 'refilled' THEN
    INSERT INTO account (id, kind, store_id, currency, made_by)
      SELECT v_account, 'account', s.id, s.currency, t.login FROM store s WHERE s.id = t.store_id ON CONFLICT (id) DO NOTHING;
    INSERT INTO customer (number, name, account, made_store) VALUES (v_who, 'Restored ' || v_who, v_account, t.store_id)
      ON CONFLICT DO NOTHING;
  END IF;
  UPDATE account SET balance = balance + v_amount WHERE id = v_account RETURNING balance INTO v_balance;
  INSERT INTO account_payment (document_id, store_id, till_id, shift_id, account_id, customer, amount, kind, ref, cashier, at)
    VALUES (doc, t.store_id, t.id, h.id, v_account, v_who, v_amount, d->'tender'->>'kind', d->'tender'->>'ref',
            (d->>'cashier')::int, book_account_payment.at);
  INSERT INTO account_entry (account_id, document_id, source, n, amount, balance, at)
    VALUES (v_account, doc, 'payment', 1, v_amount, v_balance, book_account_payment.at);
END $$;
