-- Whether a promotion held here at the first scan or at the end of a sale, and had not been ended before it began.
CREATE OR REPLACE FUNCTION pos.promotion_live(p pos.promotion, store bigint, zone text, began timestamptz, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT (p.stores = '{}' OR store = ANY (p.stores)) AND p.made_at <= at AND coalesce(p.ended_at > began, true)
         AND (hours_have(p.starts, p.ends, p.weekdays, p.since, p.until, began AT TIME ZONE zone)
              OR hours_have(p.starts, p.ends, p.weekdays, p.since, p.until, at AT TIME ZONE zone))
$$;
