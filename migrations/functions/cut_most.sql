-- What a cut takes off a price for so many thousandths (minor units), as domain/promotion.py says it: ppm a share, off an
-- amount, price another price, prices one for each item.
CREATE OR REPLACE FUNCTION pos.cut_most(cut jsonb, item bigint, price numeric, qty numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT least(greatest(CASE
    WHEN cut ? 'ppm' THEN round_div(price * (cut->>'ppm')::numeric, 1000000)
    WHEN cut ? 'off' THEN round_div((cut->>'off')::numeric * qty, 1000)
    WHEN cut ? 'price' THEN price - round_div((cut->>'price')::numeric * qty, 1000)
    ELSE coalesce((SELECT price - round_div((e->>1)::numeric * qty, 1000) FROM jsonb_array_elements(cut->'prices') e
                    WHERE (e->>0)::bigint = item), 0) END, 0), price)
$$;
