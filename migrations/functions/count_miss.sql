-- Counts one wrong PIN for a person or a till; returns how long the next try waits, in seconds.
CREATE OR REPLACE FUNCTION pos.count_miss(who text, number bigint) RETURNS int
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c sign_in_count;
BEGIN
  UPDATE sign_in_count SET misses = misses + 1, counted_on = current_date,
         today = CASE counted_on WHEN current_date THEN today + 1 ELSE 1 END
   WHERE who = count_miss.who AND number = count_miss.number RETURNING * INTO c;
  UPDATE sign_in_count SET wait_until = clock_timestamp() + miss_wait(c.misses, c.today) * interval '1 second'
   WHERE who = count_miss.who AND number = count_miss.number;
  RETURN miss_wait(c.misses, c.today);
END $$;
