-- Makes the items of copied rows that are new; their ids are drawn first, so that codes and prices find them.
CREATE OR REPLACE FUNCTION pos.import_new_items(tax text, first int, last int) RETURNS int
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE v_count int;
BEGIN
  UPDATE pg_temp.import_row r SET item_id = d.id
    FROM (SELECT line, nextval(pg_get_serial_sequence('pos.item', 'id')) AS id
            FROM (SELECT line FROM pg_temp.import_row
                   WHERE field IS NULL AND state = 'new' AND line BETWEEN import_new_items.first AND import_new_items.last
                   ORDER BY line) x) d
   WHERE r.line = d.line;
  INSERT INTO item (id, name, unit, category_id, tax, supplier_id, cost, min_age, strength, volume)
    SELECT r.item_id, r.name, coalesce(r.unit, 'each'), c.id, coalesce(r.tax, import_new_items.tax),
           (SELECT p.id FROM supplier p WHERE p.name = r.supplier), r.cost, nullif(r.min_age, 0), r.strength, r.volume
      FROM pg_temp.import_row r JOIN category c ON c.name = coalesce(r.category, 'Other')
     WHERE r.field IS NULL AND r.state = 'new' AND r.line BETWEEN import_new_items.first AND import_new_items.last
     ORDER BY r.line;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;
