-- People and cash: what each role may do and how far, approvals that count once, shifts of one cashier alone.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

-- ---------------------------------------------------------------- how far a role may go

CREATE TABLE role_limit (
  role   text NOT NULL REFERENCES role,
  what   text NOT NULL CHECK (what IN ('discount', 'refund', 'pay_out', 'difference')),
  ppm    int    CHECK (ppm BETWEEN 0 AND 1000000),
  amount bigint CHECK (amount >= 0),
  PRIMARY KEY (role, what),
  CHECK (num_nonnulls(ppm, amount) > 0)
);
COMMENT ON TABLE role_limit IS 'How far a role may go by itself; without a row there is no limit. Beyond it somebody whose role goes that far approves.';
COMMENT ON COLUMN role_limit.what IS 'discount: of a line or a sale; refund: of one refund; pay_out: of one pay out; difference: over or short when a shift is closed.';
COMMENT ON COLUMN role_limit.ppm IS 'At most this share, parts per million (100000 is 10 %); empty: any.';
COMMENT ON COLUMN role_limit.amount IS 'At most this much, minor units; empty: any.';
GRANT SELECT ON role_limit TO pos_report;

INSERT INTO role_permission (role, permission)
  SELECT r, p FROM (VALUES
    ('cashier',    '{refund,discount,pay_out,drop}'::text[]),
    ('supervisor', '{refund,discount,pay_out,drop,refund_no_receipt,exempt_tax,difference_over,training,serve_under_age,type_weight}'),
    ('manager',    '{refund,discount,pay_out,drop,refund_no_receipt,exempt_tax,difference_over,training,serve_under_age,type_weight,account_over}')
  ) v(r, ps), unnest(ps) p
  ON CONFLICT DO NOTHING;
INSERT INTO role_limit (role, what, ppm, amount) VALUES
  ('cashier',    'discount',   100000, NULL),
  ('cashier',    'refund',     NULL,   5000),
  ('cashier',    'pay_out',    NULL,   5000),
  ('cashier',    'difference', NULL,   500),
  ('supervisor', 'discount',   300000, NULL),
  ('supervisor', 'refund',     NULL,   50000),
  ('supervisor', 'pay_out',    NULL,   50000),
  ('supervisor', 'difference', NULL,   5000);

-- Tills read limits and settings with the shop's rules, when the shop changes.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['role_limit', 'setting'] LOOP
    EXECUTE format('CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION lock_changes()', t);
    EXECUTE format('CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT '
                   'EXECUTE FUNCTION number_shop_change()', t);
  END LOOP;
END $$;

-- ---------------------------------------------------------------- approvals

CREATE TABLE approval (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  store_id    bigint NOT NULL REFERENCES store,
  till_id     bigint NOT NULL REFERENCES till,
  staff       int    NOT NULL REFERENCES staff,
  what        text   NOT NULL CHECK (what ~ '^[a-z_]{1,64}$'),
  about       text   NOT NULL DEFAULT '' CHECK (length(about) <= 200),
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  until       timestamptz NOT NULL,
  document_id uuid REFERENCES document,
  CHECK (until > at)
);
COMMENT ON TABLE approval IS 'A PIN entered to allow one thing once: for what, until when, and the document it was spent on.';
COMMENT ON COLUMN approval.about IS 'What the person who approved it read on the screen.';
CREATE INDEX approval_document ON approval (document_id) WHERE document_id IS NOT NULL;
GRANT SELECT ON approval TO pos_report;

CREATE FUNCTION spend_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.document_id IS NOT NULL OR NEW.document_id IS NULL
     OR to_jsonb(NEW) - 'document_id' IS DISTINCT FROM to_jsonb(OLD) - 'document_id' THEN
    RAISE EXCEPTION 'UPDATE of approval refused: it is spent once and changed in nothing else'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION spend_once() IS 'Stands before UPDATE of approval: it is spent once and changed in nothing else.';
CREATE TRIGGER spend_once BEFORE UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION spend_once();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON approval EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- a shift of one cashier alone

ALTER TABLE shift ADD COLUMN single boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN shift.single IS 'Only who opened it sells in it: what is over or short is that cashier''s own.';

CREATE OR REPLACE FUNCTION close_shift_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL
     OR (NEW.id, NEW.store_id, NEW.drawer_id, NEW.till_id, NEW.business_date, NEW.opened_by, NEW.opened_at, NEW.float, NEW.single)
        IS DISTINCT FROM
        (OLD.id, OLD.store_id, OLD.drawer_id, OLD.till_id, OLD.business_date, OLD.opened_by, OLD.opened_at, OLD.float, OLD.single)
  THEN
    RAISE EXCEPTION 'UPDATE of shift refused: it is closed once and changed in nothing else'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

RESET ROLE;
RESET search_path;
