-- A filter of the journal as a condition on document d. What was typed comes parted: words, numbers, amounts, days.
-- Rare things (a number, an amount, an item that moved seldom) are looked up first and drive the query; the rest is
-- checked row by row, newest first. Built as text so that the planner sees which; every value is quoted.
CREATE OR REPLACE FUNCTION pos.m_documents_filter(filter jsonb, store bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_where text := format('d.store_id = %s', store);
  v_zone  text := (SELECT s.time_zone FROM store s WHERE s.id = store);
  v_from  timestamptz := (filter->>'from')::timestamp AT TIME ZONE v_zone;
  v_to    timestamptz := ((filter->>'to')::date + 1)::timestamp AT TIME ZONE v_zone;
  v_part  text;
BEGIN
  IF v_from IS NOT NULL THEN  -- ids begin with the till's clock, as at does; a day of grace, then exactly
    v_where := v_where || format(' AND d.id >= %L AND d.at >= %L', m_uuid_of(v_from - interval '1 day'), v_from);
  END IF;
  IF v_to IS NOT NULL THEN
    v_where := v_where || format(' AND d.id < %L AND d.at < %L', m_uuid_of(v_to + interval '1 day'), v_to);
  END IF;
  IF filter->>'kind' IS NOT NULL THEN
    v_where := v_where || format(' AND d.kind = %L', filter->>'kind');
  END IF;
  IF filter->>'till' IS NOT NULL THEN
    v_where := v_where || format(' AND d.till_id = (SELECT t.id FROM pos.till t WHERE t.store_id = %s AND t.number = %L)',
                                 store, filter->>'till');
  END IF;
  IF filter->>'outcome' IS NOT NULL THEN
    v_where := v_where || format(' AND d.outcome = %L', filter->>'outcome');
  END IF;
  IF filter->>'id' IS NOT NULL THEN
    v_where := v_where || format(' AND d.id = %L', filter->>'id');
  END IF;
  IF filter->>'no' IS NOT NULL THEN
    v_where := v_where || format(' AND d.id = ANY (%L::uuid[])', (
      SELECT coalesce(array_agg(x.id), '{}') FROM till t CROSS JOIN generate_series(1, t.epoch) e
        JOIN document x ON x.store_id = t.store_id AND x.till_id = t.id AND x.epoch = e AND x.no = (filter->>'no')::bigint
       WHERE t.store_id = store AND t.number = coalesce((filter->>'no_till')::int, t.number)
         AND e = coalesce((filter->>'epoch')::int, e)));
  END IF;
  IF filter->>'amount' IS NOT NULL THEN
    v_where := v_where || format(' AND d.id IN (SELECT x.document_id FROM pos.sale x WHERE x.store_id = %1$s AND x.total = %2$L'
                                 ' UNION ALL SELECT x.document_id FROM pos.cash_movement x WHERE x.store_id = %1$s AND abs(x.amount) = %2$L)',
                                 store, abs((filter->>'amount')::bigint));
  END IF;
  FOR v_part IN SELECT m_documents_words(array_agg(w), store) FROM regexp_split_to_table(
                  fold(left(coalesce(filter->>'words', ''), 100)), '\s+') w WHERE w <> '' HAVING count(*) > 0 LOOP
    v_where := v_where || v_part;
  END LOOP;
  RETURN v_where;
END $$;
