-- The permissions that the approvals in a document carry.
DROP FUNCTION IF EXISTS pos.approved_rights(jsonb, bigint);
CREATE OR REPLACE FUNCTION pos.approved_rights(d jsonb, t pos.till) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce(array_agg(a.what), '{}') FROM approvals_of(d, t.store_id) a
$$;
