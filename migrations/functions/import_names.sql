-- Makes the categories and suppliers that copied rows name and nobody has made yet.
CREATE OR REPLACE FUNCTION pos.import_names(first int, last int) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF EXISTS (SELECT FROM import_names_missing(import_names.first, import_names.last)) THEN
    INSERT INTO category (name, position)
      SELECT m.name, (SELECT coalesce(max(position), 0) FROM category) + row_number() OVER (ORDER BY m.name)
        FROM import_names_missing(import_names.first, import_names.last) m
      ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO supplier (name)
    SELECT DISTINCT r.supplier FROM pg_temp.import_row r
     WHERE r.field IS NULL AND r.state IN ('new', 'changed') AND r.supplier IS NOT NULL
       AND r.line BETWEEN import_names.first AND import_names.last
       AND NOT EXISTS (SELECT FROM supplier p WHERE p.name = r.supplier)
    ON CONFLICT DO NOTHING;
END $$;
