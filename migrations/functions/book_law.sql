-- Which lines of a sale are cases, and of what; which are deposits of which goods, or empties.
CREATE OR REPLACE FUNCTION pos.book_law(d jsonb, doc uuid) RETURNS void
LANGUAGE sql SET search_path = pos, pg_temp AS $$
  INSERT INTO case_line (document_id, n, item_id, pack)
    SELECT doc, l.n, l.single, l.pack FROM jsonb_to_recordset(d->'lines') AS l(n smallint, single bigint, pack smallint)
     WHERE l.single IS NOT NULL;
  INSERT INTO deposit_line (document_id, n, goods)
    SELECT doc, l.n, l.deposit_for FROM jsonb_to_recordset(d->'lines') AS l(n smallint, deposit_for smallint, flags jsonb)
     WHERE l.deposit_for IS NOT NULL OR l.flags ? 'empties';
$$;
