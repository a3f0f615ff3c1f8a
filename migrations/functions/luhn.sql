-- Whether a number in digits passes the check of payment cards (ISO/IEC 7812).
CREATE OR REPLACE FUNCTION pos.luhn(digits text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT SET search_path = pos, pg_temp AS $$
  SELECT sum(CASE WHEN p.n % 2 = 1 THEN p.digit WHEN p.digit > 4 THEN 2 * p.digit - 9 ELSE 2 * p.digit END) % 10 = 0
    FROM (SELECT n, substr(reverse(luhn.digits), n, 1)::int AS digit FROM generate_series(1, length(luhn.digits)) n) p
$$;
