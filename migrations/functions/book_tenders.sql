-- Spends and loads what check_value looked at, with the rows locked now: codes of mobile payments first, then
-- accounts, each in their order. Whoever was faster in between makes this one's post fail for the moment; posted
-- again, it is refused or flagged by what is true then.
CREATE OR REPLACE FUNCTION pos.book_tenders(d jsonb, t pos.till, doc uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_sale uuid := (d->>'sale')::uuid;
  v_flags text[];
  v_codes int;
  v_new  int;
BEGIN
  SELECT k.flags INTO v_flags FROM document k WHERE k.id = doc;
  SELECT count(*) INTO v_codes FROM jsonb_to_recordset(d->'tenders') AS k(kind text) WHERE k.kind = 'mobile';
  IF v_codes > 0 THEN
    INSERT INTO payment_reference (kind, ref, document_id)
      SELECT k.kind, k.ref, doc FROM jsonb_to_recordset(d->'tenders') AS k(kind text, ref text)
       WHERE k.kind = 'mobile' ORDER BY k.kind, k.ref
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    IF v_new < v_codes AND NOT 'ref_used' = ANY (v_flags) THEN
      RAISE EXCEPTION 'a payment code is being used by another till' USING ERRCODE = 'serialization_failure';
    END IF;
    DELETE FROM reference_hold WHERE sale_id = v_sale;
  END IF;

  IF 'no_account' = ANY (v_flags) THEN  -- lost with an old backup, and known from what the till says
    INSERT INTO account (id, kind, code, store_id, currency, made_by)
      SELECT m.account, m.kind, CASE WHEN m.code ~ '^[0-9A-Z]{6,32}$' AND NOT EXISTS (SELECT FROM account a WHERE a.code = m.code)
                                     THEN m.code END, t.store_id, d->>'currency', t.login
        FROM account_moves(d) m WHERE m.kind IS NOT NULL ORDER BY m.account
      ON CONFLICT (id) DO NOTHING;
  END IF;
  PERFORM FROM account a WHERE a.id IN (SELECT m.account FROM account_moves(d) m) ORDER BY a.id FOR UPDATE;
  IF NOT v_flags && '{no_account,account_short,account_over}' AND EXISTS (
       SELECT FROM account_moves(d) m JOIN account a ON a.id = m.account
        WHERE m.amount < 0 AND (a.balance + m.amount < a.floor OR (a.kind = 'voucher' AND a.balance <> -m.amount))) THEN
    RAISE EXCEPTION 'an account is being spent by another till' USING ERRCODE = 'serialization_failure';
  END IF;
  WITH moved AS (
    UPDATE account a SET balance = a.balance + m.amount FROM account_moves(d) m WHERE a.id = m.account
    RETURNING a.id, a.balance, m.source, m.n, m.amount
  )
  INSERT INTO account_entry (account_id, document_id, source, n, amount, balance, at)
    SELECT v.id, doc, v.source, v.n, v.amount, v.balance, book_tenders.at FROM moved v ORDER BY v.id;
  DELETE FROM account_hold WHERE sale_id = v_sale;
END $$;
