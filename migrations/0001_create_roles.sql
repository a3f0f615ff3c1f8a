-- Who may do what. Roles belong to the whole cluster, so each is made only where it is missing;
-- everything else here belongs to this database.

DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['pos_owner', 'pos_till', 'pos_manager', 'pos_report', 'pos_backup', 'pos_migrator'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', r);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- another database of this cluster made it a moment ago
    END;
  END LOOP;
  IF NOT pg_has_role('pos_migrator', 'pos_owner', 'MEMBER') THEN
    GRANT pos_owner TO pos_migrator;
  END IF;
  IF NOT pg_has_role('pos_backup', 'pg_read_all_data', 'MEMBER') THEN
    GRANT pg_read_all_data TO pos_backup;
  END IF;
END $$;

COMMENT ON SCHEMA public IS 'Closed: nothing of the shop lives here.';
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Nobody may connect, make temporary tables or schemas just because he has a login in this cluster.
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO pos_owner', current_database());  -- imports stage their rows
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO pos_owner, pos_till, pos_manager, pos_report, pos_backup, pos_migrator',
                 current_database());
END $$;

CREATE SCHEMA pos AUTHORIZATION pos_owner;
CREATE SCHEMA api AUTHORIZATION pos_owner;
COMMENT ON SCHEMA pos IS 'The tables. Tills have no way in; every write goes through a function of api.';
COMMENT ON SCHEMA api IS 'The functions tills and managers may call, and the views they may read.';

CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA pos;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA pos;

-- What any login could otherwise do to the server: fill its disk with large objects, take advisory locks
-- (the migration's among them), read others' settings of the file system. Needs a superuser.
DO $$
DECLARE f regprocedure;
BEGIN
  IF current_setting('is_superuser') = 'on' THEN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
              WHERE pronamespace = 'pg_catalog'::regnamespace
                AND (proname LIKE 'pg\_advisory\_%' OR proname LIKE 'pg\_try\_advisory\_%'
                     OR proname IN ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_unlink',
                                    'lo_truncate', 'lo_truncate64', 'lowrite', 'pg_notify')) LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
      IF f::text !~ '^lo' THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pos_owner, pos_migrator', f);
      END IF;
    END LOOP;
  END IF;
END $$;

GRANT USAGE ON SCHEMA api TO pos_till, pos_manager;
GRANT USAGE ON SCHEMA pos TO pos_report, pos_backup;

-- The runner's own tables say which step the database is at; a till asks before it starts.
DO $$
BEGIN
  IF to_regclass('pos_meta.schema_migration') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA pos_meta TO pos_owner;
    GRANT SELECT ON pos_meta.schema_migration TO pos_owner;
  END IF;
END $$;

-- What the owner makes later is closed until it is opened by name.
ALTER DEFAULT PRIVILEGES FOR ROLE pos_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
