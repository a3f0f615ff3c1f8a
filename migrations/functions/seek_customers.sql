-- The customers a look-up finds, one more than may be shown at most. A name needs a word of three letters, so that
-- the trigram index answers and nobody leafs through the alphabet.
CREATE OR REPLACE FUNCTION pos.seek_customers(how text, what text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_words text[] := (SELECT array_agg('%' || like_escape(w) || '%') FROM regexp_split_to_table(fold(left(what, 100)), '\s+') w
                      WHERE w <> '');
  v_numbers bigint[];
BEGIN
  CASE how
    WHEN 'phone' THEN SELECT array_agg(number) INTO v_numbers FROM customer WHERE phone = what;
    WHEN 'card' THEN SELECT array_agg(number) INTO v_numbers FROM customer WHERE card = what;
    WHEN 'number', 'chosen' THEN
      SELECT array_agg(number) INTO v_numbers FROM customer
       WHERE number = CASE WHEN what ~ '^[0-9]{1,12}$' THEN what::bigint END AND erased_at IS NULL;
    WHEN 'name' THEN
      IF EXISTS (SELECT FROM unnest(v_words) w WHERE length(w) >= 5) THEN
        SELECT array_agg(x.number) INTO v_numbers
          FROM (SELECT number FROM customer WHERE search LIKE ALL (v_words) AND erased_at IS NULL ORDER BY search, number LIMIT 6) x;
      END IF;
    ELSE RAISE EXCEPTION 'customers are not looked up by %', how USING ERRCODE = 'invalid_parameter_value';
  END CASE;
  RETURN coalesce(v_numbers, '{}');
END $$;
