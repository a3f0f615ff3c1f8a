-- Finds the item of each copied row between two lines by its codes, refuses rows that mean two items, and says
-- whether a row is new, changed or the same. What a row does not say (null) changes nothing.
CREATE OR REPLACE FUNCTION pos.import_match(store bigint, first int, last int) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE pg_temp.import_code c SET item_id = i.item_id
    FROM item_code i
   WHERE i.code = c.code AND c.line BETWEEN import_match.first AND import_match.last AND c.item_id IS DISTINCT FROM i.item_id;

  UPDATE pg_temp.import_row r SET field = 'codes', reason = format('%s is a code of “%s”, %s one of “%s”',
           printed_code(d.a), (SELECT name FROM item WHERE id = d.a_item), printed_code(d.b), (SELECT name FROM item WHERE id = d.b_item))
    FROM (SELECT line, min(code) FILTER (WHERE item_id = low) AS a, min(low) AS a_item,
                 min(code) FILTER (WHERE item_id = high) AS b, min(high) AS b_item
            FROM (SELECT line, code, item_id, min(item_id) OVER w AS low, max(item_id) OVER w AS high
                    FROM pg_temp.import_code WHERE item_id IS NOT NULL AND line BETWEEN import_match.first AND import_match.last
                  WINDOW w AS (PARTITION BY line)) x
           WHERE low < high GROUP BY line) d
   WHERE r.line = d.line AND r.field IS NULL;

  UPDATE pg_temp.import_row r SET item_id = d.item_id
    FROM (SELECT line, min(item_id) AS item_id FROM pg_temp.import_code
           WHERE item_id IS NOT NULL AND line BETWEEN import_match.first AND import_match.last GROUP BY line) d
   WHERE r.line = d.line AND r.field IS NULL;

  UPDATE pg_temp.import_row r SET field = 'codes', reason = format('is the same item as line %s', d.first)
    FROM (SELECT line, min(line) OVER (PARTITION BY item_id) AS first FROM pg_temp.import_row
           WHERE item_id IS NOT NULL AND field IS NULL) d
   WHERE r.line = d.line AND d.line > d.first AND r.line BETWEEN import_match.first AND import_match.last;

  UPDATE pg_temp.import_row r SET field = 'unit',
         reason = format('“%s” is sold by %s and has stock movements; its unit stays', i.name, i.unit)
    FROM item i
   WHERE i.id = r.item_id AND r.field IS NULL AND r.unit <> i.unit AND r.line BETWEEN import_match.first AND import_match.last
     AND EXISTS (SELECT FROM movement m WHERE m.item_id = i.id);

  UPDATE pg_temp.import_row r SET state = 'new'
   WHERE r.item_id IS NULL AND r.field IS NULL AND r.line BETWEEN import_match.first AND import_match.last;
  PERFORM import_state(import_match.store, import_match.first, import_match.last);
END $$;
