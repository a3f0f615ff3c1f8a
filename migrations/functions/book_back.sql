-- What came back, line by line, and what was given back by the tender it was paid with. The originals are locked.
CREATE OR REPLACE FUNCTION pos.book_back(d jsonb, t pos.till, doc uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO returned (document_id, n, store_id, of_document, of_line, qty, amount, waste, reason)
    SELECT doc, l.n, t.store_id, (l.back->>'document')::uuid, (l.back->>'line')::smallint, -l.qty / 1000.0, -l.amount,
           l.back->>'to' = 'waste', l.back->>'reason'
      FROM jsonb_to_recordset(d->'lines') AS l(n smallint, qty numeric, amount bigint, back jsonb)
     WHERE l.back IS NOT NULL;
  INSERT INTO paid_back (document_id, n, of_document)
    SELECT doc, k.n, k.back::uuid FROM jsonb_to_recordset(d->'tenders') AS k(n smallint, back text) WHERE k.back IS NOT NULL;
  DELETE FROM refund_hold WHERE sale_id = (d->>'sale')::uuid;
END $$;
