-- Days, weekdays and hours as tills read them (domain/promotion_record.py); what does not bind is left out.
CREATE OR REPLACE FUNCTION pos.when_fields(starts date, ends date, weekdays smallint[], since time, until time) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('start', starts, 'end', ends, 'weekdays', to_jsonb(weekdays),
    'since', CASE WHEN since <> until THEN to_char(since, 'HH24:MI') END, 'until', CASE WHEN since <> until THEN to_char(until, 'HH24:MI') END))
$$;
