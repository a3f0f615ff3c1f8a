-- Locks the sales a document gives goods back of, sorted, before anything is judged by them: of two tills with one receipt
-- the second waits here, and then sees what the first took back.
CREATE OR REPLACE FUNCTION pos.lock_returned(lines jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM FROM sale
    WHERE document_id IN (SELECT (l.back->>'document')::uuid FROM jsonb_to_recordset(lines) AS l(back jsonb))
    ORDER BY document_id FOR UPDATE;
END $$;
