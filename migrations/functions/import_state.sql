-- Whether a copied row of an item on file would change anything: changed or same.
CREATE OR REPLACE FUNCTION pos.import_state(store bigint, first int, last int) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE pg_temp.import_row r SET state = CASE WHEN
         r.name <> i.name OR r.unit <> i.unit OR r.tax <> i.tax
      OR r.category <> (SELECT c.name FROM category c WHERE c.id = i.category_id)
      OR (r.supplier IS NOT NULL AND r.supplier IS DISTINCT FROM (SELECT p.name FROM supplier p WHERE p.id = i.supplier_id))
      OR (r.cost IS NOT NULL AND r.cost IS DISTINCT FROM i.cost)
      OR (r.min_age IS NOT NULL AND nullif(r.min_age, 0) IS DISTINCT FROM i.min_age)
      OR (r.strength IS NOT NULL AND r.strength IS DISTINCT FROM i.strength)
      OR (r.volume IS NOT NULL AND r.volume IS DISTINCT FROM i.volume)
      OR r.price IS DISTINCT FROM import_price(i.id)
      OR EXISTS (SELECT FROM pg_temp.import_code c WHERE c.line = r.line AND c.item_id IS NULL)
      OR (r.stock > 0 AND NOT EXISTS (SELECT FROM movement m WHERE m.store_id = import_state.store AND m.item_id = i.id))
         THEN 'changed' ELSE 'same' END
    FROM item i
   WHERE i.id = r.item_id AND r.field IS NULL AND r.line BETWEEN import_state.first AND import_state.last;
END $$;
