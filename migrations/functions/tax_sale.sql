-- The taxes of a sale, worked out anew: several taxes a line, exempt codes, rounded by a method with a name. Exact
-- fractions of whole numbers until the method rounds, half away from zero; the same rules as domain/tax.py.
-- lines: [{amount, taxes [{code, rate, on?}]}], amount gross when tax is included, else net; "on": due on the taxes before.
-- Returns {net, gross, taxes [{code, rate, net, tax, gross}]}; what is exempt stands with rate 0 and tax 0.
CREATE OR REPLACE FUNCTION pos.tax_sale(lines jsonb, mode text, method text, exempt text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pos, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  ppm      CONSTANT numeric := 1000000;
  p        record;
  x        record;
  i        int;
  v_d      numeric;         -- a part's taxes are shares of its net over this
  v_all    numeric;         -- all of them together
  v_due    numeric;         -- those not exempt
  v_den    numeric;         -- shares of its amount are over this
  v_nums   numeric[];
  v_keys   text[];
  v_paid   bigint;
  v_amount numeric := 0;
  v_gross  bigint := 0;     -- what is paid, rounded part by part
  w_num    numeric := 0;    -- what is paid, exact, over w_den
  w_den    numeric := 1;
  keys     text[] := '{}';  -- each tax as code/rate, and at the same place what belongs to it:
  nums     numeric[] := '{}';  -- tax, exact, over dens
  dens     numeric[] := '{}';
  nets     numeric[] := '{}';  -- net, exact, over dens
  taxes    bigint[] := '{}';   -- tax, rounded part by part
  sums     bigint[] := '{}';   -- what is paid for those parts (net when tax is on top), rounded part by part
  alone    boolean[] := '{}';  -- no other tax is due on any of them
BEGIN
  FOR p IN
    SELECT q.taxes, q.amount FROM (
      SELECT l->'taxes' AS taxes, sum((l->>'amount')::numeric) AS amount, CASE method WHEN 'by_line' THEN o END
        FROM jsonb_array_elements(lines) WITH ORDINALITY AS e(l, o) GROUP BY 1, 3) q
  LOOP
    v_amount := v_amount + p.amount;
    v_d := 1; v_all := 0; v_due := 0; v_keys := '{}'; v_nums := '{}';
    FOR x IN SELECT e->>'code' AS code, (e->>'rate')::numeric AS rate, e ? 'on' AS compound
               FROM jsonb_array_elements(p.taxes) WITH ORDINALITY AS a(e, o) ORDER BY o
    LOOP
      FOR i IN 1 .. cardinality(v_nums) LOOP
        v_nums[i] := v_nums[i] * ppm;
      END LOOP;
      v_all := v_all * ppm + x.rate * (v_d + CASE WHEN x.compound THEN v_all ELSE 0 END);
      IF x.code = ANY (exempt) THEN
        v_due := v_due * ppm;
        v_nums := v_nums || 0::numeric;
        v_keys := v_keys || (x.code || '/0');
      ELSE
        v_nums := v_nums || x.rate * (v_d + CASE WHEN x.compound THEN v_due ELSE 0 END);
        v_due := v_due * ppm + v_nums[cardinality(v_nums)];
        v_keys := v_keys || (x.code || '/' || x.rate::text);
      END IF;
      v_d := v_d * ppm;
    END LOOP;
    v_den := v_d + CASE mode WHEN 'included' THEN v_all ELSE 0 END;
    v_paid := round_div(p.amount * (v_d + v_due), v_den);
    v_gross := v_gross + v_paid;
    IF mod(w_den, v_den) <> 0 THEN
      w_num := w_num * v_den;
      w_den := w_den * v_den;
    END IF;
    w_num := w_num + p.amount * (v_d + v_due) * div(w_den, v_den);
    FOR n IN 1 .. cardinality(v_keys) LOOP
      i := array_position(keys, v_keys[n]);
      IF i IS NULL THEN
        i := cardinality(keys) + 1;
        keys[i] := v_keys[n]; nums[i] := 0; dens[i] := 1; nets[i] := 0; taxes[i] := 0; sums[i] := 0; alone[i] := true;
      END IF;
      IF mod(dens[i], v_den) <> 0 THEN
        nums[i] := nums[i] * v_den;
        nets[i] := nets[i] * v_den;
        dens[i] := dens[i] * v_den;
      END IF;
      nums[i] := nums[i] + p.amount * v_nums[n] * div(dens[i], v_den);
      nets[i] := nets[i] + p.amount * v_d * div(dens[i], v_den);
      taxes[i] := taxes[i] + round_div(p.amount * v_nums[n], v_den);
      sums[i] := sums[i] + CASE mode WHEN 'included' THEN v_paid ELSE p.amount END;
      alone[i] := alone[i] AND cardinality(v_keys) = 1;
    END LOOP;
  END LOOP;

  IF method = 'by_rate' THEN
    FOR i IN 1 .. cardinality(keys) LOOP
      taxes[i] := round_div(nums[i], dens[i]);
    END LOOP;
  ELSIF method = 'keep_gross' THEN
    taxes := tax_fitting(keys, nums, dens);
    v_gross := round_div(w_num, w_den);
  END IF;
  IF mode = 'added' THEN
    v_gross := v_amount + (SELECT coalesce(sum(u), 0) FROM unnest(taxes) u);
  ELSIF cardinality(exempt) = 0 THEN
    v_gross := v_amount;
  END IF;
  RETURN (
    SELECT jsonb_build_object('net', v_gross - coalesce(sum(r.tax), 0), 'gross', v_gross, 'taxes',
             coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'rate', r.rate, 'net', r.net, 'tax', r.tax,
                                                   'gross', r.net + r.tax) ORDER BY r.code COLLATE "C", r.rate), '[]'))
      FROM (SELECT split_part(a.k, '/', 1) AS code, split_part(a.k, '/', 2)::int AS rate, a.tax,
                   CASE WHEN NOT a.one THEN round_div(a.net, a.den) WHEN mode = 'included' THEN a.whole - a.tax
                        ELSE a.whole END AS net
              FROM unnest(keys, taxes, nets, dens, sums, alone) AS a(k, tax, net, den, whole, one)) r);
END $$;
