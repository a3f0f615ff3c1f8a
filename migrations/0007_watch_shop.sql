-- What the keeper writes down: alerts and their limits, what tills report, roll-ups of what was sold.

DO $$
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pos_keeper') THEN
      CREATE ROLE pos_keeper NOLOGIN;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this cluster made it a moment ago
  END;
  IF NOT pg_has_role('pos_keeper', 'pg_monitor', 'MEMBER') THEN
    GRANT pg_monitor TO pos_keeper;
  END IF;
  IF NOT pg_has_role('pos_keeper', 'pg_signal_backend', 'MEMBER') THEN
    GRANT pg_signal_backend TO pos_keeper;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO pos_keeper', current_database());
END $$;

-- One keeper at a time: it holds this lock as long as its session lives. Nobody else gets the function back.
GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO pos_keeper;

SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

GRANT USAGE ON SCHEMA api TO pos_keeper;

-- ---------------------------------------------------------------- what is watched

CREATE TABLE alert_rule (
  kind     text PRIMARY KEY CHECK (kind ~ '^[a-z_]{1,64}$'),
  severity text NOT NULL CHECK (severity IN ('warning', 'alarm')),
  threshold numeric NOT NULL DEFAULT 0,
  unit     text NOT NULL DEFAULT '',
  what     text NOT NULL
);
COMMENT ON TABLE alert_rule IS 'What the keeper raises an alert about, and from where on. docs/alerts.md says what to do.';
COMMENT ON COLUMN alert_rule.threshold IS 'More than this raises the alert (certificate_expiring: fewer days than this). Edit it to suit the shop.';

INSERT INTO alert_rule (kind, severity, threshold, unit, what) VALUES
  ('wal_archive_late',     'alarm',   60,  's',     'the oldest piece of the write-ahead log that waits to be archived'),
  ('backup_old',           'alarm',   26,  'h',     'age of the newest dump'),
  ('old_transaction',      'warning', 30,  's',     'a transaction that has been open too long'),
  ('till_unposted',        'alarm',   300, 's',     'a till''s oldest document the server has not answered'),
  ('till_not_seen',        'warning', 300, 's',     'a till with an open shift that has not been heard of'),
  ('till_clock',           'warning', 2,   's',     'a till''s clock beside the server''s'),
  ('disk_full',            'alarm',   80,  '%',     'a disk of the server''s machine'),
  ('chain_broken',         'alarm',   0,   '',      'a till''s chain that does not fit its documents, its till or its anchors'),
  ('pin_misses',           'warning', 4,   '',      'wrong PINs in a row at a till or for a person'),
  ('id_reused',            'alarm',   0,   '',      'a document''s id came back with another body'),
  ('document_rejected',    'alarm',   0,   '',      'a document the server did not store'),
  ('guard_off',            'alarm',   0,   '',      'a trigger that keeps the books from being changed is off'),
  ('flag_alarm',           'alarm',   0,   '',      'another alarm among the flags'),
  ('rights_drifted',       'alarm',   0,   '',      'rights in the database that are not those this program gave'),
  ('slot_holds_wal',       'alarm',   1024, 'MB',   'write-ahead log kept for a replication slot'),
  ('wraparound_near',      'alarm',   500000000, '', 'age of the oldest unfrozen transaction'),
  ('connections_low',      'alarm',   90,  '%',     'connections of the server in use'),
  ('certificate_expiring', 'warning', 21,  'days',  'days the server''s certificate is still good for'),
  ('setting_unsafe',       'alarm',   0,   '',      'a setting of the server that puts sales or tills at risk'),
  ('session_ended',        'warning', 0,   '',      'a session the keeper ended because it broke the rules'),
  ('anchors_stuck',        'alarm',   0,   '',      'chain heads that could not be written outside the database'),
  ('mail_stuck',           'warning', 0,   '',      'alerts that could not be mailed'),
  ('keeper_away',          'alarm',   180, 's',     'the keeper has not been at work');

CREATE TABLE session_rule (
  role        text PRIMARY KEY CHECK (role ~ '^pos_[a-z_]+$'),
  idle        numeric NOT NULL CHECK (idle > 0),
  transaction numeric NOT NULL CHECK (transaction > 0),
  query       numeric NOT NULL CHECK (query > 0)
);
COMMENT ON TABLE session_rule IS
  'How long (seconds) a login of a group may idle in a transaction, keep one open, and work on one query, until the keeper ends its session.';
INSERT INTO session_rule (role, idle, transaction, query) VALUES
  ('pos_till', 6, 30, 30), ('pos_manager', 10, 120, 120), ('pos_report', 60, 3600, 3600);

-- ---------------------------------------------------------------- what was found

CREATE TABLE alert (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind      text NOT NULL REFERENCES alert_rule,
  severity  text NOT NULL CHECK (severity IN ('warning', 'alarm')),
  store_id  bigint REFERENCES store,
  till_id   bigint,
  subject   text NOT NULL DEFAULT '',
  detail    jsonb NOT NULL DEFAULT '{}',
  times     int NOT NULL DEFAULT 1 CHECK (times >= 1),
  raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  cleared_at timestamptz,
  seen_at   timestamptz,
  seen_by   text,
  mailed_at timestamptz,
  CHECK ((seen_at IS NULL) = (seen_by IS NULL))
);
COMMENT ON TABLE alert IS 'What the keeper found wrong and when it was over. Without a store it is about the server itself. No foreign key to the till: its check would wait for the till''s sale, and the sale for it.';
COMMENT ON COLUMN alert.subject IS 'What of its kind it is about: a login, a setting, a disk, a slot.';
COMMENT ON COLUMN alert.times IS 'How often it happened while it was open; a condition counts once.';
CREATE UNIQUE INDEX alert_open ON alert (kind, coalesce(store_id, 0), coalesce(till_id, 0), subject) WHERE cleared_at IS NULL;
CREATE INDEX alert_unseen ON alert (id) WHERE seen_at IS NULL;

CREATE TABLE till_beat (
  till_id   bigint PRIMARY KEY,
  seen_at   timestamptz NOT NULL,
  pending   int NOT NULL CHECK (pending >= 0),
  pending_since timestamptz,
  offset_ms bigint NOT NULL,
  CHECK ((pending = 0) = (pending_since IS NULL))
) WITH (fillfactor = 50);
COMMENT ON TABLE till_beat IS 'What a till reported last, twice a minute: beside pos.till, so that no sale waits for it.';
COMMENT ON COLUMN till_beat.pending IS 'Documents on the till''s disk that the server has not answered.';
COMMENT ON COLUMN till_beat.offset_ms IS 'The server''s clock minus the till''s, as the till measured it.';

CREATE TABLE keeper_beat (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  seen_at timestamptz NOT NULL,
  host    text NOT NULL,
  version text NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE keeper_beat IS 'When the keeper last worked, and where.';

-- ---------------------------------------------------------------- what was sold, added up

-- A till's documents become visible in the order of their numbers: each is booked under the lock of its till's row,
-- held to commit. So the last number added up is a watermark no late commit can slip under, as ids and times are not.
CREATE TABLE rolled_up (
  till_id bigint NOT NULL,
  epoch   int    NOT NULL,
  no      bigint NOT NULL CHECK (no >= 0),
  PRIMARY KEY (till_id, epoch)
) WITH (fillfactor = 50);
COMMENT ON TABLE rolled_up IS 'The last document of each till and epoch that is in the summaries.';

CREATE TABLE hour_category (
  store_id      bigint   NOT NULL REFERENCES store,
  business_date date     NOT NULL,
  hour          smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
  category_id   bigint   NOT NULL,
  lines         bigint   NOT NULL,
  qty           numeric(20,3) NOT NULL,
  amount        bigint   NOT NULL,
  cost          numeric(24,6) NOT NULL,
  PRIMARY KEY (store_id, business_date, hour, category_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE hour_category IS 'Lines sold by business date, hour of the store''s clock and category. amount in minor units as on the lines, cost in whole units.';

CREATE TABLE month_product (
  store_id bigint NOT NULL REFERENCES store,
  month    date   NOT NULL CHECK (extract(day FROM month) = 1),
  item_id  bigint NOT NULL,
  lines    bigint NOT NULL,
  qty      numeric(20,3) NOT NULL,
  amount   bigint NOT NULL,
  cost     numeric(24,6) NOT NULL,
  PRIMARY KEY (store_id, month, item_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE month_product IS 'Lines sold by month of the business date and item.';

CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON alert EXECUTE FUNCTION refuse_change();

GRANT SELECT ON alert_rule, session_rule, alert, till_beat, keeper_beat, rolled_up, hour_category, month_product TO pos_report;

RESET ROLE;
RESET search_path;
