-- The ids of items whose names hold every word somewhere, best first, without those of ``known``.
-- Words of three letters or more go through the trigram index and nothing else: the planner would rather read a
-- million names in order, in the hope that matches lie evenly among them. Shorter words have no trigram, so they
-- are looked for in the first few thousand names that hold the long ones, and in all of them only when that is
-- not enough.
CREATE OR REPLACE FUNCTION pos.search_parts(words text[], known bigint[], lim int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
  v_long  text;
  v_short text;
  v_bound int;
  v_found bigint[];
BEGIN
  SELECT string_agg(x.test, ' AND ') FILTER (WHERE length(x.w) >= 3), string_agg(x.test, ' AND ') FILTER (WHERE length(x.w) < 3)
    INTO v_long, v_short
    FROM (SELECT w, format('search LIKE %L', '%' || like_escape(w) || '%') AS test FROM unnest(words) w) x;
  FOREACH v_bound IN ARRAY ARRAY[2000, NULL] LOOP
    EXECUTE format('SELECT array_agg(id ORDER BY NOT search ~ $3, length(search), id) FROM (SELECT id, search FROM '
                   '(SELECT id, search FROM item WHERE %s LIMIT %L) c WHERE %s AND id <> ALL ($1) LIMIT $2) x',
                   v_long, v_bound, coalesce(v_short, 'true'))
      INTO v_found USING known, 5 * lim, '(^| )' || regexp_replace(words[1], '\W', '.', 'g');
    EXIT WHEN v_short IS NULL OR cardinality(v_found) >= lim;
  END LOOP;
  RETURN coalesce(v_found, '{}');
END $$;
