-- Tills get their logins by one-time codes; roles and rights as the books need them.

-- More of what PostgreSQL gives to every login: writing to the log of changes until the disk is full, holding back
-- clean-up by a snapshot, and running programs of one's own on the server. Needs a superuser.
DO $$
DECLARE f regprocedure;
BEGIN
  IF current_setting('is_superuser') = 'on' THEN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
              WHERE pronamespace = 'pg_catalog'::regnamespace
                AND proname IN ('pg_logical_emit_message', 'pg_export_snapshot', 'lo_lseek', 'lo_lseek64', 'lo_tell', 'lo_tell64',
                                'loread', 'lo_get', 'lo_close') LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_export_snapshot() TO pos_backup;  -- pg_dump -j
    REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
    GRANT USAGE ON LANGUAGE plpgsql, sql TO pos_owner, pos_migrator;
  END IF;
END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE pos_owner REVOKE USAGE ON TYPES FROM PUBLIC;

SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

-- ---------------------------------------------------------------- tills

ALTER TABLE till ADD COLUMN claimed boolean NOT NULL DEFAULT true;
ALTER TABLE till ADD COLUMN fresh boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN till.claimed IS 'False while its one-time code waits for the machine: the login can do nothing but claim it.';
COMMENT ON COLUMN till.fresh IS 'The owner allowed one new series: the journal of this till is to be a new one.';

CREATE TABLE enrolment (
  till_id  bigint PRIMARY KEY REFERENCES till,
  proof    bytea NOT NULL CHECK (length(proof) = 32),
  until    timestamptz NOT NULL,
  misses   int NOT NULL DEFAULT 0 CHECK (misses >= 0),
  used_at  timestamptz,
  made_by  text NOT NULL DEFAULT session_user,
  made_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE enrolment IS 'The one-time code of a till, as a hash: until when it counts, wrong tries, when it was used.';

CREATE TABLE login_seal (
  login    text PRIMARY KEY CHECK (login ~ '^[a-z][a-z0-9_]{0,62}$'),
  grp      text NOT NULL CHECK (grp IN ('pos_till', 'pos_manager', 'pos_keeper')),
  seal     bytea NOT NULL CHECK (length(seal) = 32),
  made_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE login_seal IS 'Logins this program made, each with the sha256 of its SCRAM verifier: a login that changed its own password shows.';

-- ---------------------------------------------------------------- PINs

CREATE TABLE sign_in_here (
  till_id bigint NOT NULL REFERENCES till,
  staff   int    NOT NULL REFERENCES staff,
  misses  int    NOT NULL DEFAULT 0 CHECK (misses >= 0),
  PRIMARY KEY (till_id, staff)
) WITH (fillfactor = 50);
COMMENT ON TABLE sign_in_here IS 'Wrong PINs for a person at one till since the last right one there: guesses elsewhere do not shut him out here.';

CREATE TABLE sign_in_try (
  till_id bigint PRIMARY KEY REFERENCES till,
  id      uuid   NOT NULL DEFAULT gen_random_uuid(),
  staff   int    NOT NULL,
  guess   bytea  NOT NULL CHECK (length(guess) = 32),
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid     xid8   NOT NULL DEFAULT pg_current_xact_id()
) WITH (fillfactor = 50);
COMMENT ON TABLE sign_in_try IS 'A PIN that was typed and counted, and is compared only after that count is committed: a guess cannot be rolled back.';

-- A PIN is now counted in one call and compared in the next.
DROP FUNCTION IF EXISTS api.sign_in(int, bytea);
DROP FUNCTION IF EXISTS pos.count_miss(text, bigint);

RESET ROLE;
RESET search_path;
