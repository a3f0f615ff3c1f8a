-- These alerts have been mailed.
CREATE OR REPLACE FUNCTION api.keeper_mailed(ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
  UPDATE alert SET mailed_at = clock_timestamp() WHERE id = ANY ($1) AND mailed_at IS NULL
$$;
COMMENT ON FUNCTION api.keeper_mailed(bigint[]) IS 'Notes that alerts were mailed, so that each is mailed once.';
GRANT EXECUTE ON FUNCTION api.keeper_mailed(bigint[]) TO pos_keeper;
