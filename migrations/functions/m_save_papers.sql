-- A manager words a store's papers. "was" is what he was shown: what somebody else wrote meanwhile is told, not overwritten.
-- Tills read it with their next look at the shop's rules. Locks: the change counter, then the store.
CREATE OR REPLACE FUNCTION api.m_save_papers(store int, was jsonb, papers jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_was ALIAS FOR $2;
  p_new ALIAS FOR $3;
  v_store bigint := granted_store($1);
  v_now jsonb;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'store_not_granted');
  ELSIF jsonb_typeof(p_new) IS DISTINCT FROM 'object' OR jsonb_typeof(p_new->'words') IS DISTINCT FROM 'object'
        OR jsonb_typeof(p_new->'header') IS DISTINCT FROM 'array' OR jsonb_typeof(p_new->'footer') IS DISTINCT FROM 'array'
        OR jsonb_typeof(p_new->'legal') IS DISTINCT FROM 'string'
        OR jsonb_array_length(p_new->'header') > 12 OR jsonb_array_length(p_new->'footer') > 12
        OR EXISTS (SELECT FROM (SELECT x FROM jsonb_array_elements_text(p_new->'header' || (p_new->'footer')) x
                                UNION ALL SELECT p_new->>'legal' UNION ALL SELECT value FROM jsonb_each_text(p_new->'words')) t(x)
                    WHERE length(x) > 200 OR x ~ '[\x01-\x1f\x7f]')
        OR EXISTS (SELECT FROM jsonb_each_text(p_new->'words') w WHERE w.key !~ '^[a-z_]{1,32}$' OR btrim(w.value) = '') THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'papers');
  END IF;
  PERFORM FROM change_counter FOR UPDATE;
  PERFORM FROM store WHERE id = v_store FOR UPDATE;
  v_now := rules_papers(v_store);
  IF v_now IS DISTINCT FROM p_was THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'papers', v_now);
  END IF;
  UPDATE store SET header = ARRAY(SELECT jsonb_array_elements_text(p_new->'header')),
                   footer = ARRAY(SELECT jsonb_array_elements_text(p_new->'footer')), legal = p_new->>'legal'
   WHERE id = v_store;
  DELETE FROM paper_word WHERE store_id = v_store;
  INSERT INTO paper_word (store_id, name, text) SELECT v_store, w.key, w.value FROM jsonb_each_text(p_new->'words') w;
  INSERT INTO audit (store_id, what, subject, detail)
    VALUES (v_store, 'papers_worded', $1::text, jsonb_build_object('was', v_now, 'now', p_new));
  RETURN jsonb_build_object('outcome', 'ok', 'papers', rules_papers(v_store));
END $$;
COMMENT ON FUNCTION api.m_save_papers(int, jsonb, jsonb) IS 'Words the papers of a granted store: header, footer, legal line, own words by name.';
GRANT EXECUTE ON FUNCTION api.m_save_papers(int, jsonb, jsonb) TO pos_manager;
