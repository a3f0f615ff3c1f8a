-- The ids a search finds, best first: the item whose code was typed whole, names that begin with the words,
-- then names that hold every word somewhere. A word of three letters or more goes through the trigram index; when all are shorter only
-- beginnings are looked up. Bounded, so that a common word costs no more than a rare one.
CREATE OR REPLACE FUNCTION pos.search_ids(words text, lim int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_text  text := btrim(regexp_replace(fold(left(words, 100)), '\s+', ' ', 'g'));
  v_words text[] := (SELECT array_agg(DISTINCT w) FROM regexp_split_to_table(v_text, ' ') w WHERE w <> '');
  v_lim   int := least(greatest(lim, 1), 200);
  v_code  bigint := (SELECT item_id FROM item_code WHERE code IN (btrim(words), upper(btrim(words))) LIMIT 1);
  v_found bigint[];
BEGIN
  IF v_words IS NULL THEN
    RETURN '{}';
  END IF;
  EXECUTE format('SELECT array_agg(id) FROM (SELECT id FROM item WHERE search COLLATE "C" LIKE %L ORDER BY search COLLATE "C", id LIMIT %s) x',
                 like_escape(v_text) || '%', v_lim) INTO v_found;
  v_found := coalesce(v_found, '{}');
  IF cardinality(v_found) < v_lim AND EXISTS (SELECT FROM unnest(v_words) w WHERE length(w) >= 3) THEN
    v_found := (v_found || search_parts(v_words, v_found, v_lim))[1:v_lim];
  END IF;
  IF v_code IS NOT NULL THEN
    v_found := (v_code || array_remove(v_found, v_code))[1:v_lim];
  END IF;
  RETURN v_found;
END $$;
