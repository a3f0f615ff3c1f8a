-- How long the next try waits after so many wrong PINs in a row, and so many today. Seconds.
-- The first waits are those a person makes who mistypes; from the tenth on it is guessing.
CREATE OR REPLACE FUNCTION pos.miss_wait(misses int, today int) RETURNS int LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN $2 >= 20 THEN 3600 WHEN $1 >= 10 THEN 900 WHEN $1 < 5 THEN 0 WHEN $1 = 5 THEN 5 WHEN $1 = 6 THEN 15
                    ELSE 60 END $$;
