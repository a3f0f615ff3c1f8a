-- What stands on a store's papers: header, footer, the line the law asks for, and its own wording by name.
CREATE OR REPLACE FUNCTION pos.rules_papers(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object('header', to_jsonb(s.header), 'footer', to_jsonb(s.footer), 'legal', s.legal,
    'words', (SELECT coalesce(jsonb_object_agg(w.name, w.text), '{}') FROM paper_word w WHERE w.store_id = s.id))
    FROM store s WHERE s.id = rules_papers.store
$$;
