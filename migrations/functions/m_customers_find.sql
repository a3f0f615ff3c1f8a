-- The customers that a manager's words find, by name, after a place in that order: every word in the name, or the end or the
-- middle of a phone number, or a card's code, or the number.
CREATE OR REPLACE FUNCTION pos.m_customers_find(words text, after jsonb, lim int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  p_words text := btrim(left(words, 100));
  v_words text[] := (SELECT array_agg('%' || like_escape(w) || '%') FROM regexp_split_to_table(fold(p_words), '\s+') w WHERE w <> '');
  v_digits text := CASE WHEN p_words ~ '^[0-9 +()./-]{3,}$' THEN nullif(ltrim(regexp_replace(p_words, '\D', '', 'g'), '0'), '') END;
BEGIN
  RETURN (SELECT coalesce(array_agg(x.number ORDER BY x.search, x.number), '{}')
            FROM (SELECT c.number, c.search FROM customer c
                   WHERE c.erased_at IS NULL
                     AND (v_words IS NULL OR c.search LIKE ALL (v_words) OR c.phone LIKE '%' || v_digits || '%'
                          OR c.card = upper(p_words) OR c.number::text = p_words)
                     AND (jsonb_typeof(after) IS DISTINCT FROM 'array' OR (c.search, c.number) > (after->>0, (after->>1)::bigint))
                   ORDER BY c.search, c.number LIMIT lim) x);
END $$;
