-- The first field of an edit that cannot be set to what it says; empty when all can.
CREATE OR REPLACE FUNCTION pos.m_edit_problem(edit jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT min(e.key) FROM jsonb_each(edit) e CROSS JOIN LATERAL (SELECT e.value #>> '{}' AS v) x
   WHERE NOT coalesce(CASE e.key
           WHEN 'price' THEN jsonb_typeof(e.value) = 'number' AND x.v ~ '^\d{1,8}$'
           WHEN 'name' THEN btrim(x.v) <> '' AND length(x.v) <= 200 AND x.v !~ '[\x01-\x1f\x7f]'
           WHEN 'category' THEN EXISTS (SELECT FROM category c WHERE c.name = x.v)
           WHEN 'supplier' THEN x.v = '' OR EXISTS (SELECT FROM supplier u WHERE u.name = x.v)
           WHEN 'tax' THEN EXISTS (SELECT FROM tax t WHERE t.code = x.v)
           WHEN 'min_age' THEN x.v IS NULL OR x.v ~ '^[1-9]\d?$'
           WHEN 'low' THEN x.v IS NULL OR x.v ~ '^\d{1,11}$'
           WHEN 'blocked' THEN e.value IN ('0', '1') END, false)
$$;
