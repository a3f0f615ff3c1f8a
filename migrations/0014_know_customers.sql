-- Customers: who they are, what a till may learn of them and how often, their points and their house accounts.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE customer_group (
  code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,32}$'),
  name text NOT NULL CHECK (btrim(name) <> '')
);
COMMENT ON TABLE customer_group IS 'Groups of customers: promotions and price levels name them by code.';

-- Numbers are drawn, not counted: nobody can go through the customers by going through the numbers, and one that an old
-- backup lost is hardly given to somebody else.
CREATE FUNCTION new_customer_number() RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pos, pg_temp AS $$
DECLARE v_number bigint;
BEGIN
  LOOP
    v_number := 10000000 + ('x' || left(translate(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint % 90000000;
    EXIT WHEN NOT EXISTS (SELECT FROM customer WHERE number = v_number);
  END LOOP;
  RETURN v_number;
END $$;
COMMENT ON FUNCTION new_customer_number() IS 'A customer number of eight digits that nobody has.';

CREATE TABLE customer (
  number     bigint PRIMARY KEY DEFAULT new_customer_number() CHECK (number BETWEEN 1 AND 999999999999),
  made_id    uuid   NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name       text   NOT NULL CHECK (length(name) <= 100 AND name !~ '[\x01-\x1f\x7f]'),
  phone      text   UNIQUE CHECK (phone ~ '^[0-9]{6,15}$'),
  card       text   UNIQUE CHECK (card ~ '^[!-~]{1,40}$'),
  consent    boolean NOT NULL DEFAULT false,
  consent_at timestamptz,
  account    bigint UNIQUE REFERENCES account,
  tax_number text   NOT NULL DEFAULT '' CHECK (length(tax_number) <= 40),
  certificate text  NOT NULL DEFAULT '' CHECK (length(certificate) <= 60),
  certificate_codes text[] NOT NULL DEFAULT '{}',
  certificate_until date,
  made_store bigint REFERENCES store,
  made_at    timestamptz NOT NULL DEFAULT now(),
  made_by    text   NOT NULL DEFAULT session_user,
  erased_at  timestamptz,
  row_version bigint NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text   NOT NULL DEFAULT session_user,
  search     text   NOT NULL GENERATED ALWAYS AS (pos.fold(name)) STORED,
  CHECK ((consent_at IS NOT NULL) = consent),
  CHECK ((btrim(name) <> '') = (erased_at IS NULL)),
  CHECK (erased_at IS NULL OR num_nonnulls(phone, card, certificate_until) = 0
         AND tax_number = '' AND certificate = '' AND certificate_codes = '{}' AND NOT consent)
);
COMMENT ON TABLE customer IS 'A customer. Documents carry the number alone: erasing one changes this row and no document.';
COMMENT ON COLUMN customer.made_id IS 'Made by the till that added the customer, so that asking again adds nobody twice.';
COMMENT ON COLUMN customer.phone IS 'Digits with the country''s, no plus: 447700900123.';
COMMENT ON COLUMN customer.card IS 'The code of the customer''s card as it is scanned.';
COMMENT ON COLUMN customer.consent IS 'May be written to with offers; consent_at says since when.';
COMMENT ON COLUMN customer.account IS 'The house account: its floor is minus the limit, its balance minus what is owed; empty: none.';
COMMENT ON COLUMN customer.certificate IS 'Number of the certificate that frees from the taxes in certificate_codes, until and including certificate_until.';
COMMENT ON COLUMN customer.erased_at IS 'The person is gone from here; the number stays for the documents.';
CREATE INDEX customer_search ON customer USING gin (search gin_trgm_ops);
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON customer EXECUTE FUNCTION refuse_change();
CREATE TRIGGER count_row_version BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION count_row_version();

CREATE TABLE customer_in_group (
  customer bigint NOT NULL REFERENCES customer,
  grp      text   NOT NULL REFERENCES customer_group,
  PRIMARY KEY (customer, grp)
);
COMMENT ON TABLE customer_in_group IS 'Which groups a customer is in.';

-- ---------------------------------------------------------------- points and house accounts

CREATE TABLE customer_purse (
  customer bigint PRIMARY KEY REFERENCES customer,
  points   bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON TABLE customer_purse IS 'A customer''s points: always the sum of the entries. Locked while points are spent.';
COMMENT ON COLUMN customer_purse.points IS 'Millionths of a point.';

CREATE FUNCTION open_purse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO customer_purse (customer) VALUES (NEW.number);
  RETURN NULL;
END $$;
CREATE TRIGGER open_purse AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION open_purse();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON customer_purse EXECUTE FUNCTION refuse_change();

CREATE TABLE point_entry (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer    bigint NOT NULL REFERENCES customer,
  document_id uuid   UNIQUE REFERENCES document,
  store_id    bigint NOT NULL,
  at          timestamptz NOT NULL,
  earned      bigint NOT NULL DEFAULT 0,
  spent       bigint NOT NULL DEFAULT 0,
  rate        bigint NOT NULL DEFAULT 0 CHECK (rate >= 0),
  balance     bigint NOT NULL,
  by          text,
  note        text,
  CHECK ((document_id IS NULL) = (by IS NOT NULL))
);
COMMENT ON TABLE point_entry IS 'Points earned and spent, millionths of a point: by a document, or by a person''s login.';
COMMENT ON COLUMN point_entry.rate IS 'Millionths of a point for a minor unit when it was sold: a refund takes back at the same.';
COMMENT ON COLUMN point_entry.balance IS 'Points after it; verify adds them all up again.';
CREATE INDEX point_entry_customer ON point_entry (customer, id);

CREATE TABLE account_payment (
  document_id uuid   PRIMARY KEY REFERENCES document,
  store_id    bigint NOT NULL,
  till_id     bigint NOT NULL,
  shift_id    uuid   NOT NULL REFERENCES shift,
  account_id  bigint NOT NULL REFERENCES account,
  customer    bigint NOT NULL REFERENCES customer,
  amount      bigint NOT NULL CHECK (amount > 0),
  kind        text   NOT NULL CHECK (kind IN ('cash', 'card')),
  ref         text,
  cashier     int    NOT NULL,
  at          timestamptz NOT NULL
);
COMMENT ON TABLE account_payment IS 'Money received at a till on a house account: no turnover, but in the drawer or on the slip. Minor units.';
COMMENT ON COLUMN account_payment.ref IS 'The card terminal''s slip reference; never a card number.';

ALTER TABLE account_entry DROP CONSTRAINT account_entry_source_check;
ALTER TABLE account_entry ADD CONSTRAINT account_entry_source_check CHECK (source IN ('line', 'tender', 'payment', 'issue'));
COMMENT ON COLUMN account_entry.source IS 'line: sold or topped up; tender: spent, or put back by a refund; payment: received on a house account; issue: by a person''s login.';

-- ---------------------------------------------------------------- what tills may ask

CREATE TABLE customer_rule (
  store_id bigint PRIMARY KEY REFERENCES store,
  earn     bigint NOT NULL DEFAULT 0 CHECK (earn BETWEEN 0 AND 1000000000),
  worth    bigint NOT NULL DEFAULT 0 CHECK (worth BETWEEN 0 AND 99999999),
  least    int    NOT NULL DEFAULT 1 CHECK (least BETWEEN 1 AND 1000000),
  cards    text[] NOT NULL DEFAULT '{}',
  dial     text   NOT NULL DEFAULT '' CHECK (dial ~ '^[0-9]{0,4}$'),
  lookups  int    NOT NULL DEFAULT 60 CHECK (lookups BETWEEN 1 AND 10000),
  card_lookups int NOT NULL DEFAULT 300 CHECK (card_lookups BETWEEN 1 AND 10000)
);
COMMENT ON TABLE customer_rule IS 'What a store gives its customers, and how often its tills may look them up. No row: no points.';
COMMENT ON COLUMN customer_rule.earn IS 'Millionths of a point for a minor unit: 10000 is a point a pound.';
COMMENT ON COLUMN customer_rule.worth IS 'Minor units one point pays; 0: points are not spent.';
COMMENT ON COLUMN customer_rule.least IS 'The fewest whole points spent at once.';
COMMENT ON COLUMN customer_rule.cards IS 'How the codes of customer cards begin; such a scan is never looked for among the items.';
COMMENT ON COLUMN customer_rule.dial IS 'The country''s code, put before phone numbers that begin with 0.';
COMMENT ON COLUMN customer_rule.lookups IS 'Look-ups a till may make in an hour by phone, name or number.';
COMMENT ON COLUMN customer_rule.card_lookups IS 'Look-ups a till may make in an hour by card.';
CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON customer_rule EXECUTE FUNCTION lock_changes();
CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON customer_rule FOR EACH STATEMENT
  EXECUTE FUNCTION number_shop_change();

CREATE TABLE customer_desk (
  till_id bigint PRIMARY KEY REFERENCES till,
  told_at timestamptz NOT NULL DEFAULT 'epoch'
) WITH (fillfactor = 50);
COMMENT ON TABLE customer_desk IS 'One row a till: locked while its look-ups are counted; when the manager was last told of too many.';

CREATE TABLE customer_lookup (
  id       uuid   PRIMARY KEY DEFAULT gen_random_uuid(),
  store_id bigint NOT NULL REFERENCES store,
  till_id  bigint NOT NULL,
  staff    int    NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  how      text   NOT NULL CHECK (how IN ('phone', 'card', 'name', 'chosen', 'number', 'new', 'taken')),
  found    bigint[] NOT NULL DEFAULT '{}',
  more     boolean NOT NULL DEFAULT false,
  xid      xid8   NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON TABLE customer_lookup IS 'Every look-up of a customer at a till: who asked, when, how, and whom it showed. What was typed is not kept.';
CREATE INDEX customer_lookup_till ON customer_lookup (till_id, at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['point_entry', 'account_payment', 'customer_lookup'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', t);
  END LOOP;
END $$;

-- Reports count customers and add up what they have and owe; names, numbers to call and cards are nobody's but the shop's.
GRANT SELECT ON customer_group, customer_in_group, customer_purse, point_entry, account_payment, customer_rule, customer_lookup
  TO pos_report;
GRANT SELECT (number, consent, account, made_store, made_at, erased_at) ON customer TO pos_report;

RESET ROLE;
RESET search_path;
