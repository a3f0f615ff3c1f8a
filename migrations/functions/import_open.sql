-- The store of an import under way. The temporary tables must be the ones import_begin made: rows of a table
-- somebody else made could run that person's triggers with the owner's rights.
CREATE OR REPLACE FUNCTION pos.import_open(store_number int) RETURNS pos.store
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FROM pg_class c
       WHERE c.oid IN (to_regclass('pg_temp.import_row'), to_regclass('pg_temp.import_code'))
         AND c.relowner = current_user::regrole AND c.relkind = 'r') <> 2 THEN
    RAISE EXCEPTION 'no import is open on this connection' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN import_store(store_number);
END $$;
