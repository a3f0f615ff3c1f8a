-- Counts one PIN tried for a person or at a till, as if it were wrong, and sets how long the next try waits.
-- The twentieth of a day is told to the manager, once. The day is UTC's: a login chooses its own time zone.
CREATE OR REPLACE FUNCTION pos.count_miss(who text, number bigint, t pos.till) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c sign_in_count;
  v_day date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
BEGIN
  UPDATE sign_in_count SET misses = misses + 1, counted_on = v_day, today = CASE counted_on WHEN v_day THEN today + 1 ELSE 1 END
   WHERE who = count_miss.who AND number = count_miss.number RETURNING * INTO c;
  UPDATE sign_in_count SET wait_until = clock_timestamp() + miss_wait(c.misses, c.today) * interval '1 second'
   WHERE who = count_miss.who AND number = count_miss.number;
  IF c.today = 20 THEN
    INSERT INTO flag (store_id, till_id, kind, alarm, detail)
      VALUES (t.store_id, t.id, 'pin_guessing', true,
              jsonb_build_object('who', c.who, 'number', CASE c.who WHEN 'till' THEN t.number ELSE c.number END, 'misses', c.today));
  END IF;
END $$;
