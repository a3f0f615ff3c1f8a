-- Goods that come back: what was returned of which sale, and what was given back by the tender it was paid with.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE returned (
  document_id uuid     NOT NULL,
  n           smallint NOT NULL,
  store_id    bigint   NOT NULL,
  of_document uuid,
  of_line     smallint,
  qty         numeric(14,3) NOT NULL CHECK (qty > 0),
  amount      bigint   NOT NULL CHECK (amount >= 0),
  waste       boolean  NOT NULL,
  reason      text     NOT NULL CHECK (btrim(reason) <> ''),
  PRIMARY KEY (document_id, n),
  FOREIGN KEY (document_id, n) REFERENCES sale_line,
  CHECK ((of_document IS NULL) = (of_line IS NULL))
);
COMMENT ON TABLE returned IS 'A line whose goods came back: of which sold line, how much of it, and where they went.';
COMMENT ON COLUMN returned.of_document IS 'The sale it was sold with, in this store or another; empty without a receipt. No foreign key: a till may refill a refund before another till refills its sale.';
COMMENT ON COLUMN returned.amount IS 'What it gives back, minor units, tax as the store has it in its prices; the sum over all returns of a line never exceeds what was paid for it.';
COMMENT ON COLUMN returned.waste IS 'Thrown away; else back on the shelf, and in stock.';
CREATE INDEX returned_of ON returned (of_document, of_line) WHERE of_document IS NOT NULL;

CREATE TABLE paid_back (
  document_id uuid     NOT NULL,
  n           smallint NOT NULL,
  of_document uuid     NOT NULL,
  PRIMARY KEY (document_id, n),
  FOREIGN KEY (document_id, n) REFERENCES payment
);
COMMENT ON TABLE paid_back IS 'A payment that gives back, to the card or account it came from, what was paid for another sale.';
CREATE INDEX paid_back_of ON paid_back (of_document);

-- Between the look at a receipt and the booking a card is credited at its terminal: meanwhile no other till refunds it.
CREATE TABLE refund_hold (
  of_document uuid   PRIMARY KEY,
  sale_id     uuid   NOT NULL,
  store_id    bigint NOT NULL,
  till_id     bigint NOT NULL,
  until       timestamptz NOT NULL
);
COMMENT ON TABLE refund_hold IS 'Short holds (5 minutes) a basket takes before pay on the sales it gives goods back of.';

-- A receipt is looked up by its number, and numbers can be guessed: so every look is written down and there are only so
-- many in an hour.
CREATE TABLE refund_look (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  till_id     bigint NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  of_document uuid
);
COMMENT ON TABLE refund_look IS 'Which till looked at which sale to refund it; empty where there was none of that number.';
CREATE INDEX refund_look_till ON refund_look (till_id, at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['returned', 'paid_back', 'refund_look'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', t);
    EXECUTE format('GRANT SELECT ON %I TO pos_report', t);
  END LOOP;
END $$;
GRANT SELECT ON refund_hold TO pos_report;

-- What kinds of reasons there are is the program's business: a step less for each new one.
ALTER TABLE reason DROP CONSTRAINT reason_kind_check;
ALTER TABLE reason ADD CONSTRAINT reason_kind_check CHECK (kind ~ '^[a-z_]{1,32}$');
INSERT INTO reason (kind, code, text, position) VALUES
  ('refund', 'faulty', 'Faulty or damaged', 1), ('refund', 'wrong', 'Wrong item', 2),
  ('refund', 'changed_mind', 'Changed their mind', 3), ('refund', 'price', 'Wrong price', 4),
  ('price', 'damaged', 'Damaged or short dated', 1), ('price', 'shelf', 'The shelf says otherwise', 2),
  ('price', 'match', 'Matched another shop', 3), ('price', 'agreed', 'Agreed by the manager', 4)
  ON CONFLICT DO NOTHING;

INSERT INTO role_permission (role, permission)
  SELECT name, 'refund_other_tender' FROM role WHERE name IN ('supervisor', 'manager')
  UNION ALL SELECT name, 'void_line' FROM role ON CONFLICT DO NOTHING;

RESET ROLE;
RESET search_path;
