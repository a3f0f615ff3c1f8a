-- Whole taxes near the exact ones (nums over dens) that add up to their rounded sum: the largest remainders go away from
-- zero first, of equal ones the first by code and rate. All signs turned, the answer is turned too. As domain/tax.py's fitting.
CREATE OR REPLACE FUNCTION pos.tax_fitting(keys text[], nums numeric[], dens numeric[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_num  numeric := 0;
  v_den  numeric := 1;
BEGIN
  FOR n IN 1 .. cardinality(keys) LOOP
    IF mod(v_den, dens[n]) <> 0 THEN
      v_num := v_num * dens[n];
      v_den := v_den * dens[n];
    END IF;
    v_num := v_num + nums[n] * div(v_den, dens[n]);
  END LOOP;
  RETURN (
    WITH part AS (
      SELECT a.o, row_number() OVER (ORDER BY split_part(a.k, '/', 1) COLLATE "C", split_part(a.k, '/', 2)::int) AS place,
             a.num * div(v_den, a.den) AS num
        FROM unnest(keys, nums, dens) WITH ORDINALITY AS a(k, num, den, o)
    ), way AS (
      SELECT coalesce((SELECT sign(u.num) FROM (SELECT 0 AS place, v_num AS num UNION ALL SELECT place, num FROM part) u
                        WHERE u.num <> 0 ORDER BY u.place LIMIT 1), 1) AS sign
    ), cut AS (
      SELECT part.o, part.place, way.sign, f.whole, way.sign * part.num - f.whole * v_den AS rest
        FROM part, way, LATERAL (  -- downwards; numeric division itself is not exact
          SELECT div(way.sign * part.num, v_den) - (mod(way.sign * part.num, v_den) < 0)::int AS whole) f
    )
    SELECT array_agg((c.sign * (c.whole + (c.turn <= c.missing)::int))::bigint ORDER BY c.o)
      FROM (SELECT cut.*, row_number() OVER (ORDER BY cut.rest DESC, cut.place) AS turn,
                   cut.sign * round_div(v_num, v_den) - sum(cut.whole) OVER () AS missing FROM cut) c);
END $$;
