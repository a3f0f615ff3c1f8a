-- Whether a sale's checks cover an age: the customer was seen as old enough for it or for a higher one.
CREATE OR REPLACE FUNCTION pos.age_checked(checks jsonb, age int) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT age IS NULL OR EXISTS (
    SELECT FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(checks) = 'array' THEN checks ELSE '[]' END)
             AS c(kind text, min_age int, result text)
     WHERE c.kind = 'age' AND c.min_age >= age AND c.result IN ('id_checked', 'clearly_over'))
$$;
