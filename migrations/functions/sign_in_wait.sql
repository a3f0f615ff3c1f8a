-- Seconds the next PIN for this person at this till has to wait; 0: none. Whoever was guessed at other tills waits here
-- only after a wrong PIN here: so nobody can lock a manager out of the whole shop from one till.
CREATE OR REPLACE FUNCTION pos.sign_in_wait(till bigint, staff int) RETURNS int
LANGUAGE sql VOLATILE SET search_path = pos, pg_temp AS $$
  SELECT greatest(0, ceil(extract(epoch FROM max(c.wait_until) - clock_timestamp())))::int
    FROM sign_in_count c
   WHERE (c.who = 'till' AND c.number = $1)
      OR (c.who = 'staff' AND c.number = $2
          AND EXISTS (SELECT FROM sign_in_here h WHERE h.till_id = $1 AND h.staff = $2 AND h.misses > 0))
$$;
