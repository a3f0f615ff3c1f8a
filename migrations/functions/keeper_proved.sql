-- A backup was restored and proven, or could not be. proof: {source, backup, made_at, began_at, ended_at, until?, documents,
-- sales, total, finding}; an empty finding is a sound backup.
CREATE OR REPLACE FUNCTION api.keeper_proved(proof jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
  INSERT INTO restore_proof (source, backup, made_at, began_at, ended_at, until, documents, sales, total, sound, finding)
    SELECT x.source, left(x.backup, 500), x.made_at, x.began_at, greatest(x.ended_at, x.began_at), x.until, x.documents,
           x.sales, x.total, x.finding = '', left(x.finding, 500)
      FROM jsonb_to_record($1) AS x(source text, backup text, made_at timestamptz, began_at timestamptz, ended_at timestamptz,
                                    until timestamptz, documents bigint, sales bigint, total bigint, finding text)
$$;
COMMENT ON FUNCTION api.keeper_proved(jsonb) IS 'Notes what restoring a backup showed.';
GRANT EXECUTE ON FUNCTION api.keeper_proved(jsonb) TO pos_keeper;
