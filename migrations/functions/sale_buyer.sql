-- Who bought, as a refund needs it: the customer's number and price levels, the rate points were given at, and what a
-- point pays now; nothing for a sale that names nobody. The name is not told.
CREATE OR REPLACE FUNCTION pos.sale_buyer(k pos.document) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT CASE WHEN b ? 'customer' THEN jsonb_strip_nulls(jsonb_build_object(
           'customer', b->'customer',
           'levels', (SELECT jsonb_agg(i.grp ORDER BY i.grp) FROM customer_in_group i WHERE i.customer = (b->>'customer')::bigint),
           'rate', (SELECT e.rate FROM point_entry e WHERE e.document_id = k.id),
           'worth', (SELECT r.worth FROM customer_rule r WHERE r.store_id = k.store_id))) END
    FROM (SELECT k.body::jsonb AS b) x
$$;
