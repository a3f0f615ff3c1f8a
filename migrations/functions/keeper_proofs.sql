-- The last proof of each sort of backup, and when one was last found sound.
CREATE OR REPLACE FUNCTION api.keeper_proofs() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'source', p.source, 'backup', p.backup, 'ended_at', utc_text(p.ended_at), 'finding', p.finding,
           'sound_at', (SELECT utc_text(max(s.ended_at)) FROM restore_proof s WHERE s.source = p.source AND s.sound))
           ORDER BY p.source), '[]')
    FROM (SELECT DISTINCT ON (source) * FROM restore_proof ORDER BY source, ended_at DESC, id DESC) p
$$;
COMMENT ON FUNCTION api.keeper_proofs() IS 'The last proof of each sort of backup, for the keeper''s alerts.';
GRANT EXECUTE ON FUNCTION api.keeper_proofs() TO pos_keeper;
