-- The ids a search finds, best first: the item whose code was typed whole, names that begin with the words,
-- then names that hold every word somewhere. A word of three letters or more goes through the trigram index; when all are shorter only
-- beginnings are looked up. Bounded, so that a common word costs no more than a rare one.
CREATE OR REPLACE FUNCTION pos.search_ids(words text, lim int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_text  text := btrim(regexp_replace(fold(left(words, 100)), '\s+', ' ', 'g'));
  v_words text[] := (SELECT array_agg(DISTINCT w) FROM regexp_split_to_table(v_text, ' ') w WHERE w <> '');
  v_lim   int := least(greatest(lim, 1), 200);
  v_where text;
  v_code  bigint := (SELECT item_id FROM item_code WHERE code IN (btrim(words), upper(btrim(words))) LIMIT 1);
  v_found bigint[];
  v_more  bigint[];
BEGIN
  IF v_words IS NULL THEN
    RETURN '{}';
  END IF;
  EXECUTE format('SELECT array_agg(id) FROM (SELECT id FROM item WHERE search COLLATE "C" LIKE %L ORDER BY search COLLATE "C", id LIMIT %s) x',
                 like_escape(v_text) || '%', v_lim) INTO v_found;
  v_found := coalesce(v_found, '{}');
  IF cardinality(v_found) < v_lim AND EXISTS (SELECT FROM unnest(v_words) w WHERE length(w) >= 3) THEN
    SELECT string_agg(format('search LIKE %L', '%' || like_escape(w) || '%'), ' AND ') INTO v_where FROM unnest(v_words) w;
    EXECUTE format('SELECT array_agg(id ORDER BY NOT search ~ $3, length(search), id) '
                   'FROM (SELECT id, search FROM item WHERE %s AND id <> ALL ($1) LIMIT $2) x', v_where)
      INTO v_more USING v_found, 5 * v_lim, '(^| )' || regexp_replace(v_words[1], '\W', '.', 'g');
    v_found := (v_found || v_more)[1:v_lim];
  END IF;
  IF v_code IS NOT NULL THEN
    v_found := (v_code || array_remove(v_found, v_code))[1:v_lim];
  END IF;
  RETURN v_found;
END $$;
