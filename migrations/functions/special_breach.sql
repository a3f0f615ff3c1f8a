-- Whether a sale's line claims a special price that was not for it: for a level the sale's customer is not in, at an hour it
-- does not hold, below its quantity (of one item over all lines), or ended before the sale began. It counts at the first scan,
-- give or take a minute between clocks, or at the end; as a promotion does. Asked only when a line has one, see check_given.
CREATE OR REPLACE FUNCTION pos.special_breach(d jsonb, s pos.store, began timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (SELECT l.item, l.price, l.price_version, sum(l.qty) OVER (PARTITION BY l.item) AS bought
                   FROM jsonb_to_recordset(d->'lines') AS l(item bigint, qty bigint, price bigint, price_version bigint, back jsonb)
                  WHERE l.back IS NULL AND l.qty > 0) i
      JOIN special_price x ON x.id = i.price_version AND x.item_id = i.item AND x.amount = i.price
     WHERE x.least > i.bought
        OR x.made_at > special_breach.at + interval '1 minute' OR x.ended_at <= began - interval '1 minute'
        OR (x.level <> '' AND NOT EXISTS (SELECT FROM customer_in_group g
                                           WHERE g.customer = (d->>'customer')::bigint AND g.grp = x.level))
        OR NOT EXISTS (SELECT FROM unnest(ARRAY[began - interval '1 minute', began, began + interval '1 minute', special_breach.at]) u
                        WHERE hours_have(x.starts, x.ends, x.weekdays, x.since, x.until, u AT TIME ZONE s.time_zone)))
$$;
