-- Looks at every copied row before anything is written: which item it is, whether it is new, changed or the same,
-- and why it cannot go in. Writes to the temporary tables only. Returns {rows,new,changed,same,rejected}.
CREATE OR REPLACE FUNCTION api.import_check(store int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE s store := import_open(import_check.store);
BEGIN
  TRUNCATE pg_temp.import_code;
  INSERT INTO pg_temp.import_code (code, line, kind)
    SELECT DISTINCT ON (c.code, r.line) c.code, r.line, c.kind
      FROM pg_temp.import_row r,
           LATERAL (SELECT r.plu AS code, 'plu' AS kind WHERE r.plu IS NOT NULL
                    UNION ALL
                    SELECT u.code, CASE WHEN u.code ~ '^[0-9]{14}$' THEN 'gtin' WHEN u.code ~ '^[0-9]{4,5}$' THEN 'plu' ELSE 'own' END
                      FROM unnest(r.codes) u(code)) c
     WHERE r.field IS NULL
     ORDER BY c.code, r.line, c.kind DESC;
  CREATE INDEX IF NOT EXISTS import_row_line ON pg_temp.import_row (line);
  CREATE INDEX IF NOT EXISTS import_code_line ON pg_temp.import_code (line);
  ANALYZE pg_temp.import_row;
  ANALYZE pg_temp.import_code;

  -- Later rows with a code of an earlier row: the first keeps it.
  UPDATE pg_temp.import_row r SET field = 'codes', reason = format('%s is already on line %s', printed_code(d.code), d.first)
    FROM (SELECT DISTINCT ON (line) line, code, first
            FROM (SELECT line, code, min(line) OVER (PARTITION BY code) AS first FROM pg_temp.import_code) x
           WHERE line > first ORDER BY line, code) d
   WHERE r.line = d.line;

  PERFORM set_config('pos.import_seen', (SELECT last FROM change_counter)::text, false);
  PERFORM import_match(s.id, 0, 2147483647);
  RETURN (SELECT jsonb_build_object('rows', count(*), 'new', count(*) FILTER (WHERE field IS NULL AND state = 'new'),
                                    'changed', count(*) FILTER (WHERE field IS NULL AND state = 'changed'),
                                    'same', count(*) FILTER (WHERE field IS NULL AND state = 'same'),
                                    'rejected', count(*) FILTER (WHERE field IS NOT NULL))
            FROM pg_temp.import_row);
END $$;
COMMENT ON FUNCTION api.import_check(int) IS 'Says what importing the copied rows would do, and marks those that cannot go in.';
GRANT EXECUTE ON FUNCTION api.import_check(int) TO pos_manager;
