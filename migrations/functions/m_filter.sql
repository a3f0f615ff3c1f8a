-- A manager's filter as a condition on item i and stock k. Every word must be in the name, in a code, or in
-- the supplier's name; a word of one or two letters where a word begins, which the trigram index still answers.
-- Built as text so that the planner sees which indexes serve it; every value is quoted.
CREATE OR REPLACE FUNCTION pos.m_filter(filter jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_where text := 'true';
  v_word text;
  v_ids bigint[];
  v_suppliers bigint[];
BEGIN
  FOR v_word IN SELECT DISTINCT w FROM regexp_split_to_table(fold(left(coalesce(filter->>'words', ''), 100)), '\s+') w
                 WHERE w <> '' LOOP
    v_ids := NULL;
    IF v_word ~ '\d{3}' OR length(v_word) >= 4 THEN
      SELECT array_agg(item_id) INTO v_ids FROM item_code
       WHERE code IN (v_word, upper(v_word), CASE WHEN v_word ~ '^\d{8,13}$' THEN lpad(v_word, 14, '0') END);
      IF v_ids IS NULL AND v_word ~ '\d{3}' AND v_word !~ '^\d{12,}$' THEN  -- a whole barcode is known or is not
        SELECT array_agg(item_id) INTO v_ids
          FROM (SELECT item_id FROM item_code WHERE lower(code) LIKE '%' || like_escape(v_word) || '%' LIMIT 1000) x;
      END IF;
    END IF;
    SELECT array_agg(id) INTO v_suppliers FROM supplier WHERE fold(name) LIKE '%' || like_escape(v_word) || '%';
    v_where := v_where || ' AND (' || CASE WHEN length(v_word) >= 3
        THEN format('i.search LIKE %L', '%' || like_escape(v_word) || '%')
        ELSE format('i.search LIKE %L OR i.search LIKE %L', like_escape(v_word) || '%', '% ' || like_escape(v_word) || '%') END
      || CASE WHEN v_ids IS NULL THEN '' ELSE format(' OR i.id = ANY (%L::bigint[])', v_ids) END
      || CASE WHEN v_suppliers IS NULL THEN '' ELSE format(' OR i.supplier_id = ANY (%L::bigint[])', v_suppliers) END || ')';
  END LOOP;
  IF filter->>'category' IS NOT NULL THEN
    v_where := v_where || format(' AND i.category_id = (SELECT id FROM pos.category WHERE name = %L)', filter->>'category');
  END IF;
  IF filter->>'supplier' IS NOT NULL THEN
    v_where := v_where || format(' AND i.supplier_id = (SELECT id FROM pos.supplier WHERE name = %L)', filter->>'supplier');
  END IF;
  IF filter->>'code' IS NOT NULL THEN
    v_where := v_where || format(' AND i.id = (SELECT item_id FROM pos.item_code WHERE code = %L)', filter->>'code');
  END IF;
  IF filter->>'low' = '1' THEN
    v_where := v_where || ' AND k.on_hand <= k.low';
  END IF;
  RETURN v_where;
END $$;
