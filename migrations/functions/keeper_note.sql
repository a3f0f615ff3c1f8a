-- The keeper writes down what it found. findings: rows {kind, store_id?, till_id?, subject?, severity?, detail?, event?}.
-- A condition stays one open alert while it holds and is cleared when its kind was looked at (checked) and it is not
-- among the found; an event (event: 1) counts up while nobody has seen it. Returns the ids that are new.
CREATE OR REPLACE FUNCTION api.keeper_note(checked text[], findings jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  v_new jsonb;
BEGIN
  WITH f AS (
    SELECT DISTINCT ON (x.kind, coalesce(x.store_id, 0), coalesce(x.till_id, 0), coalesce(x.subject, ''))
           x.kind, x.store_id, x.till_id, coalesce(x.subject, '') AS subject, coalesce(x.severity, r.severity) AS severity,
           coalesce(x.detail, '{}') AS detail, coalesce(x.event, 0) AS event
      FROM jsonb_to_recordset(keeper_note.findings) AS x(kind text, store_id bigint, till_id bigint, subject text, severity text,
                                                      detail jsonb, event int)
      JOIN alert_rule r ON r.kind = x.kind
  ), cleared AS (
    UPDATE alert a SET cleared_at = clock_timestamp()
     WHERE a.cleared_at IS NULL AND a.kind = ANY (keeper_note.checked)
       AND NOT EXISTS (SELECT FROM f WHERE f.kind = a.kind AND f.store_id IS NOT DISTINCT FROM a.store_id
                          AND f.till_id IS NOT DISTINCT FROM a.till_id AND f.subject = a.subject)
  ), noted AS (
    INSERT INTO alert AS a (kind, store_id, till_id, subject, severity, detail)
      SELECT f.kind, f.store_id, f.till_id, f.subject, f.severity, f.detail FROM f
      ON CONFLICT (kind, coalesce(store_id, 0), coalesce(till_id, 0), subject) WHERE cleared_at IS NULL
      DO UPDATE SET detail = excluded.detail, severity = excluded.severity,
        times = a.times + (SELECT f.event FROM f WHERE f.kind = excluded.kind AND f.subject = excluded.subject
                              AND f.store_id IS NOT DISTINCT FROM excluded.store_id
                              AND f.till_id IS NOT DISTINCT FROM excluded.till_id)
      RETURNING a.id, a.xmax = 0 AS fresh
  )
  SELECT coalesce(jsonb_agg(n.id ORDER BY n.id) FILTER (WHERE n.fresh), '[]') INTO v_new FROM noted n;
  RETURN v_new;
END $$;
COMMENT ON FUNCTION api.keeper_note(text[], jsonb) IS 'Raises and clears alerts; returns the ids of new ones.';
GRANT EXECUTE ON FUNCTION api.keeper_note(text[], jsonb) TO pos_keeper;
