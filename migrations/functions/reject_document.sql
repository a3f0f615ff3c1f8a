-- A document that is not stored raises an alarm once, however often the till tries.
CREATE OR REPLACE FUNCTION pos.reject_document(doc uuid, why text, t pos.till, hash bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO flag (store_id, till_id, document_id, kind, alarm, at, detail)
    SELECT t.store_id, t.id, doc, 'rejected_' || why, true, at,
           jsonb_build_object('hash', coalesce(encode(reject_document.hash, 'hex'), ''), 'next_no', t.next_no)
     WHERE NOT EXISTS (SELECT FROM flag f WHERE f.document_id IS NOT DISTINCT FROM doc AND f.kind = 'rejected_' || why
                          AND f.till_id = t.id AND f.seen_at IS NULL);
  RETURN jsonb_build_object('outcome', 'rejected', 'reason', why, 'flags', '[]'::jsonb, 'no', t.next_no,
                            'head', encode(t.head, 'hex'), 'server_at', utc_text(at), 'replayed', 0);
END $$;
