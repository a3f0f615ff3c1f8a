-- Words typed into the journal's filter as conditions on document d: each names a cashier, or all together an item.
-- A word of digits may be a cashier's number or a code. Nothing found means no document.
CREATE OR REPLACE FUNCTION pos.m_documents_words(words text[], store bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_where text := '';
  v_names text[] := '{}';
  v_word  text;
  v_staff int[];
  v_items bigint[];
  v_ids   uuid[];
BEGIN
  FOREACH v_word IN ARRAY words LOOP
    SELECT array_agg(number) INTO v_staff FROM staff
     WHERE number::text = v_word OR (v_word !~ '^\d+$' AND fold(name) LIKE '%' || like_escape(v_word) || '%');
    IF v_staff IS NULL THEN
      v_names := v_names || v_word;
    ELSIF EXISTS (SELECT FROM item i WHERE i.search LIKE '%' || like_escape(v_word) || '%') THEN  -- a name of both kinds
      v_where := v_where || format(' AND (d.cashier = ANY (%L::int[]) OR EXISTS (SELECT FROM pos.sale_line l JOIN pos.item i'
                                   ' ON i.id = l.item_id WHERE l.document_id = d.id AND i.search LIKE %L))',
                                   v_staff, '%' || like_escape(v_word) || '%');
    ELSE
      v_where := v_where || format(' AND d.cashier = ANY (%L::int[])', v_staff);
    END IF;
  END LOOP;
  IF v_names = '{}' THEN
    RETURN v_where;
  END IF;
  SELECT array_agg(x.id) INTO v_items FROM (
    SELECT i.id FROM item i WHERE i.search LIKE ALL (SELECT '%' || like_escape(w) || '%' FROM unnest(v_names) w)
    UNION SELECT c.item_id FROM item_code c WHERE cardinality(v_names) = 1 AND c.code IN
      (v_names[1], upper(v_names[1]), CASE WHEN v_names[1] ~ '^\d{8,13}$' THEN lpad(v_names[1], 14, '0') END) LIMIT 500) x;
  IF v_items IS NULL THEN
    RETURN ' AND false';
  END IF;
  SELECT array_agg(y.document_id) INTO v_ids FROM (
    SELECT k.document_id FROM movement k
     WHERE k.store_id = store AND k.item_id = ANY (v_items) AND k.document_id IS NOT NULL LIMIT 5001) y;
  RETURN v_where || CASE WHEN cardinality(v_ids) > 5000
    THEN format(' AND EXISTS (SELECT FROM pos.sale_line l WHERE l.document_id = d.id AND l.item_id = ANY (%L::bigint[]))', v_items)
    ELSE format(' AND d.id = ANY (%L::uuid[])', coalesce(v_ids, '{}')) END;
END $$;
