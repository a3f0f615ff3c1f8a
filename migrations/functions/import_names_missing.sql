-- The categories copied rows name that are not there yet; a new item that names none goes to "Other".
CREATE OR REPLACE FUNCTION pos.import_names_missing(first int, last int) RETURNS TABLE (name text)
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT DISTINCT w.category
      FROM (SELECT CASE WHEN r.category IS NULL AND r.state = 'new' THEN 'Other' ELSE r.category END AS category
              FROM pg_temp.import_row r
             WHERE r.field IS NULL AND r.state IN ('new', 'changed')
               AND r.line BETWEEN import_names_missing.first AND import_names_missing.last) w
     WHERE w.category IS NOT NULL AND NOT EXISTS (SELECT FROM category c WHERE c.name = w.category);
END $$;
