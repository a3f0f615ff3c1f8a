-- Backups that were restored and proven: what the keeper found in them, and the alerts about it.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE restore_proof (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source    text NOT NULL CHECK (source IN ('base', 'dump')),
  backup    text NOT NULL CHECK (length(backup) BETWEEN 1 AND 500),
  made_at   timestamptz NOT NULL,
  began_at  timestamptz NOT NULL,
  ended_at  timestamptz NOT NULL,
  until     timestamptz,
  documents bigint NOT NULL CHECK (documents >= 0),
  sales     bigint NOT NULL CHECK (sales >= 0),
  total     bigint NOT NULL,
  sound     boolean NOT NULL,
  finding   text NOT NULL DEFAULT '' CHECK (length(finding) <= 500),
  CHECK (ended_at >= began_at),
  CHECK (sound = (finding = ''))
);
COMMENT ON TABLE restore_proof IS 'A backup that was restored into a server of its own, verified, and compared with the shop''s. Rows are never changed.';
COMMENT ON COLUMN restore_proof.source IS 'base: a base backup brought forward by the archived log; dump: a file of pg_dump.';
COMMENT ON COLUMN restore_proof.made_at IS 'When the backup was made.';
COMMENT ON COLUMN restore_proof.until IS 'When its newest document was booked: what came later it does not have.';
COMMENT ON COLUMN restore_proof.documents IS 'Documents, sales and their total (minor units, of all currencies) in it; each chain''s were compared with the shop''s.';
COMMENT ON COLUMN restore_proof.finding IS 'What was wrong first; empty when it was sound.';
CREATE INDEX restore_proof_newest ON restore_proof (source, ended_at);
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON restore_proof EXECUTE FUNCTION refuse_change();
GRANT SELECT ON restore_proof TO pos_report;

INSERT INTO alert_rule (kind, severity, threshold, unit, what) VALUES
  ('proof_old',   'alarm', 50, 'h', 'age of the newest backup that was restored and proven'),
  ('proof_wrong', 'alarm', 0,  '',  'the last backup that was restored is not sound, or not the shop''s');

RESET ROLE;
RESET search_path;
