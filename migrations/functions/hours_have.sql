-- Whether days, weekdays (Monday is 0) and hours hold at a moment of the shop's clock. Hours may pass midnight: the night
-- belongs to the day it began. Same as When.has in domain/promotion.py.
CREATE OR REPLACE FUNCTION pos.hours_have(starts date, ends date, weekdays smallint[], since time, until time, at timestamp)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN since < until THEN at::time >= since AND at::time < until
              WHEN since > until THEN at::time >= since OR at::time < until ELSE true END
         AND coalesce(day >= starts, true) AND coalesce(day <= ends, true)
         AND coalesce(extract(isodow FROM day)::smallint - 1 = ANY (weekdays), true)
    FROM (SELECT at::date - (since > until AND at::time < until)::int AS day) x
$$;
