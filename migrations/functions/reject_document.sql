-- A document that is not stored raises an alarm once, however often the till tries; a till with fifty alarms nobody has
-- looked at raises no more, so that it can't bury the others'. What the document says is kept with the alarm; the till
-- keeps it too, and nobody throws it away.
DROP FUNCTION IF EXISTS pos.reject_document(uuid, text, pos.till, bytea, timestamptz);
CREATE OR REPLACE FUNCTION pos.reject_document(doc uuid, why text, t pos.till, hash bytea, at timestamptz, body text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO flag (store_id, till_id, document_id, kind, alarm, at, detail)
    SELECT t.store_id, t.id, doc, 'rejected_' || why, true, at,
           jsonb_build_object('hash', coalesce(encode(reject_document.hash, 'hex'), ''), 'next_no', t.next_no,
                              'body', left(reject_document.body, 20000))
     WHERE NOT EXISTS (SELECT FROM flag f WHERE f.document_id IS NOT DISTINCT FROM doc AND f.kind = 'rejected_' || why
                          AND f.till_id = t.id AND f.seen_at IS NULL)
       AND (SELECT count(*) FROM flag f WHERE f.till_id = t.id AND f.store_id = t.store_id AND f.alarm AND f.seen_at IS NULL) < 50;
  RETURN jsonb_build_object('outcome', 'rejected', 'reason', why, 'flags', '[]'::jsonb, 'no', t.next_no,
                            'head', encode(t.head, 'hex'), 'server_at', utc_text(at), 'replayed', 0);
END $$;
