-- How a document that a till made alone went over what its store allows.
CREATE OR REPLACE FUNCTION pos.offline_breaches(d jsonb, t pos.till, s pos.store) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN NOT s.offline THEN 'offline_not_allowed' END,
    CASE WHEN d->>'kind' IN ('sale', 'refund')
          AND ((d->>'total')::bigint > s.offline_sale
               OR (SELECT count(*) FROM document x WHERE x.store_id = t.store_id AND x.till_id = t.id AND x.epoch = t.epoch
                      AND x.no >= t.next_no - s.offline_sales AND x.kind IN ('sale', 'refund') AND 'offline' = ANY (x.flags)) = s.offline_sales)
         THEN 'over_cap' END], NULL)
$$;
