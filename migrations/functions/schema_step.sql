-- The last schema step this database has been through.
CREATE OR REPLACE FUNCTION pos.schema_step() RETURNS int LANGUAGE sql STABLE
  AS $$ SELECT max(number) FROM pos_meta.schema_migration $$;
