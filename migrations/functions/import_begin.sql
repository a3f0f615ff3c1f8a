-- Opens an import: makes the temporary tables rows are copied into. They belong to the owner, so that whoever
-- imports can put rows in and read what became of them, and nothing else. They end with the connection.
-- Returns what reading a list needs: {store, currency, taxes[{code,rate}]}, or null when there is no such store.
CREATE OR REPLACE FUNCTION api.import_begin(store int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE s store := import_store(import_begin.store);
BEGIN
  IF s.id IS NULL THEN
    RETURN NULL;
  END IF;
  DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_code;
  CREATE TEMP TABLE import_row (
    line int NOT NULL, codes text[], name text, price bigint, category text, unit text, plu text, cost numeric(19,6),
    tax text, stock numeric(14,3), min_age smallint, strength numeric(5,2), volume numeric(14,3), supplier text,
    field text, reason text, item_id bigint, state text);
  CREATE TEMP TABLE import_code (code text NOT NULL, line int NOT NULL, kind text NOT NULL, item_id bigint);
  EXECUTE format('GRANT INSERT, SELECT ON pg_temp.import_row TO %I', session_user);
  RETURN jsonb_build_object(
    'store', s.number, 'currency', s.currency,
    'taxes', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'rate', r.rate)
                                        ORDER BY r.rate DESC, (SELECT count(*) FROM item i WHERE i.tax = t.code) DESC, t.code DESC), '[]')
                FROM tax t,
                     LATERAL (SELECT tax_rate_shown(t.code, (now() AT TIME ZONE s.time_zone)::date) AS rate) r
               WHERE r.rate IS NOT NULL));
END $$;
COMMENT ON FUNCTION api.import_begin(int) IS 'Opens an import of items: tables to copy into, and what reading the list needs.';
GRANT EXECUTE ON FUNCTION api.import_begin(int) TO pos_manager;
