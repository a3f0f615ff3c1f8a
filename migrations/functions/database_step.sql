-- The schema step of this database, for any login that has to know whether it fits its program.
CREATE OR REPLACE FUNCTION api.database_step() RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp
  AS $$ SELECT pos.schema_step() $$;
COMMENT ON FUNCTION api.database_step() IS 'The last schema step this database has been through.';
GRANT EXECUTE ON FUNCTION api.database_step() TO pos_till, pos_manager, pos_keeper;
