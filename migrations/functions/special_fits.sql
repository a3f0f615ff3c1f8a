-- Whether a special price of that version is this item's and came to this amount here. Whose level, hour and quantity it
-- is for is asked by special_breach.
CREATE OR REPLACE FUNCTION pos.special_fits(version bigint, item bigint, amount bigint, store bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (SELECT FROM special_price x WHERE x.id = $1 AND x.item_id = $2 AND x.amount = $3
                    AND (x.store_id IS NULL OR x.store_id = $4))
$$;
