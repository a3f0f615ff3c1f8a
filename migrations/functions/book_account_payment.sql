-- Money received on a house account: less is owed. Locks: the account's row.
CREATE OR REPLACE FUNCTION pos.book_account_payment(d jsonb, t pos.till, h pos.shift, doc uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_account bigint := (d->>'account')::bigint;
  v_amount  bigint := (d->>'amount')::bigint;
  v_balance bigint;
BEGIN
  UPDATE account SET balance = balance + v_amount WHERE id = v_account RETURNING balance INTO v_balance;
  INSERT INTO account_payment (document_id, store_id, till_id, shift_id, account_id, customer, amount, kind, ref, cashier, at)
    VALUES (doc, t.store_id, t.id, h.id, v_account, (d->>'customer')::bigint, v_amount, d->'tender'->>'kind', d->'tender'->>'ref',
            (d->>'cashier')::int, book_account_payment.at);
  INSERT INTO account_entry (account_id, document_id, source, n, amount, balance, at)
    VALUES (v_account, doc, 'payment', 1, v_amount, v_balance, book_account_payment.at);
END $$;
