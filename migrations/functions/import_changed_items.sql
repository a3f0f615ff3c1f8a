-- Brings the items of changed rows up to date; what a row does not say stays. A new price counts as a change of the
-- item, so that a manager who edits it at that moment is told. Returns how many rows were changed.
CREATE OR REPLACE FUNCTION pos.import_changed_items(first int, last int) RETURNS int
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE item i SET name = w.name, unit = w.unit, category_id = w.category_id, tax = w.tax, supplier_id = w.supplier_id,
                    cost = w.cost, min_age = w.min_age, strength = w.strength, volume = w.volume
    FROM (SELECT o.id, r.name, coalesce(r.unit, o.unit) AS unit, coalesce(r.tax, o.tax) AS tax,
                 coalesce((SELECT c.id FROM category c WHERE c.name = r.category), o.category_id) AS category_id,
                 coalesce((SELECT p.id FROM supplier p WHERE p.name = r.supplier), o.supplier_id) AS supplier_id,
                 coalesce(r.cost, o.cost) AS cost,
                 CASE WHEN r.min_age IS NULL THEN o.min_age ELSE nullif(r.min_age, 0) END AS min_age,
                 coalesce(r.strength, o.strength) AS strength, coalesce(r.volume, o.volume) AS volume,
                 r.price IS DISTINCT FROM import_price(o.id) AS repriced
            FROM pg_temp.import_row r JOIN item o ON o.id = r.item_id
           WHERE r.field IS NULL AND r.state = 'changed'
             AND r.line BETWEEN import_changed_items.first AND import_changed_items.last) w
   WHERE i.id = w.id
     AND (w.repriced OR (i.name, i.unit, i.category_id, i.tax, i.supplier_id, i.cost, i.min_age, i.strength, i.volume)
         IS DISTINCT FROM (w.name, w.unit, w.category_id, w.tax, w.supplier_id, w.cost, w.min_age, w.strength, w.volume));
  RETURN (SELECT count(*) FROM pg_temp.import_row r
           WHERE r.field IS NULL AND r.state = 'changed'
             AND r.line BETWEEN import_changed_items.first AND import_changed_items.last);
END $$;
