-- Ways of paying: which ones a store takes, and what gift cards, store credit, vouchers and house accounts hold.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

-- ---------------------------------------------------------------- which ways a store takes

CREATE TABLE tender_kind (
  kind     text     PRIMARY KEY CHECK (kind ~ '^[a-z_]{1,32}$'),
  position smallint NOT NULL UNIQUE,
  taken    boolean  NOT NULL
);
COMMENT ON TABLE tender_kind IS 'The ways of paying a till knows, in the order of its keys.';
COMMENT ON COLUMN tender_kind.taken IS 'Taken in every store that says nothing else.';
INSERT INTO tender_kind (kind, position, taken) VALUES
  ('cash', 1, true), ('card', 2, true), ('gift_card', 3, false), ('store_credit', 4, false), ('voucher', 5, false),
  ('mobile', 6, false), ('cheque', 7, false), ('account', 8, false), ('points', 9, false);

CREATE TABLE store_tender (
  store_id bigint  NOT NULL REFERENCES store,
  kind     text    NOT NULL REFERENCES tender_kind,
  taken    boolean NOT NULL,
  PRIMARY KEY (store_id, kind)
);
COMMENT ON TABLE store_tender IS 'Where a store differs from tender_kind.taken.';

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tender_kind', 'store_tender'] LOOP
    EXECUTE format('CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION lock_changes()', t);
    EXECUTE format('CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT '
                   'EXECUTE FUNCTION number_shop_change()', t);
  END LOOP;
END $$;

ALTER TABLE payment DROP CONSTRAINT payment_kind_check;
ALTER TABLE payment ADD CONSTRAINT payment_kind_check
  CHECK (kind IN ('cash', 'card', 'gift_card', 'store_credit', 'voucher', 'cheque', 'mobile',
                                                    'account', 'points')) NOT VALID;
ALTER TABLE payment VALIDATE CONSTRAINT payment_kind_check;
COMMENT ON COLUMN payment.ref IS 'The card terminal''s slip reference, the mobile payment''s code, the cheque''s number, the last '
  'characters of a gift card; never a card number.';

-- ---------------------------------------------------------------- value the shop owes, or is owed

-- An old backup that comes back forgets the newest accounts, but not the tills their documents. A number that no
-- sequence gives out again: milliseconds, and a million possibilities in each.
CREATE FUNCTION new_account_id() RETURNS bigint LANGUAGE sql VOLATILE
  AS $$ SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint << 20) | floor(random() * 1048576)::bigint $$;
COMMENT ON FUNCTION new_account_id() IS 'A number for an account that is not given out twice, not even after an old backup came back.';

CREATE TABLE account (
  id       bigint  PRIMARY KEY DEFAULT pos.new_account_id(),
  kind     text    NOT NULL CHECK (kind IN ('gift_card', 'store_credit', 'voucher', 'account')),
  code     text    UNIQUE CHECK (code ~ '^[0-9A-Z]{6,32}$'),
  store_id bigint  NOT NULL REFERENCES store,
  currency text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  balance  bigint  NOT NULL DEFAULT 0,
  floor    bigint  NOT NULL DEFAULT 0 CHECK (floor <= 0 AND (floor = 0 OR kind = 'account')),
  until    date,
  blocked  boolean NOT NULL DEFAULT false,
  made_at  timestamptz NOT NULL DEFAULT now(),
  made_by  text    NOT NULL DEFAULT session_user
) WITH (fillfactor = 50);
COMMENT ON TABLE account IS 'A gift card, a store credit, a voucher or a house account: what it holds is the sum of its entries.';
COMMENT ON COLUMN account.code IS 'What is scanned or typed for it, in capitals; whoever has it may spend it. A house account may have none.';
COMMENT ON COLUMN account.store_id IS 'Where it was made; it is good in every store of its currency.';
COMMENT ON COLUMN account.balance IS 'What may be spent, minor units; below zero a house account owes it.';
COMMENT ON COLUMN account.floor IS 'How far the balance may fall: minus the limit of a house account, else 0.';
COMMENT ON COLUMN account.until IS 'The last day it may be spent, by the store''s clock; empty: for good.';

CREATE TABLE account_entry (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id  bigint   NOT NULL REFERENCES account,
  document_id uuid     REFERENCES document,
  source      text     NOT NULL CHECK (source IN ('line', 'tender', 'issue')),
  n           smallint NOT NULL CHECK (n >= 0),
  amount      bigint   NOT NULL CHECK (amount <> 0),
  balance     bigint   NOT NULL,
  at          timestamptz NOT NULL,
  by          text,
  note        text,
  UNIQUE (document_id, source, n),
  CHECK ((document_id IS NULL) = (source = 'issue')),
  CHECK ((document_id IS NULL) = (by IS NOT NULL))
);
COMMENT ON TABLE account_entry IS 'One change of what an account holds: a line that put it there, a tender that spent it, or a person who issued it.';
COMMENT ON COLUMN account_entry.source IS 'line: sold, topped up or paid in; tender: spent, or put back by a refund; issue: by a person''s login.';
COMMENT ON COLUMN account_entry.n IS 'The line''s or tender''s number in its document; 0 when issued.';
COMMENT ON COLUMN account_entry.balance IS 'What it holds after it; verify adds them all up again.';
CREATE INDEX account_entry_account ON account_entry (account_id, id);

CREATE TABLE account_hold (
  account_id bigint NOT NULL REFERENCES account,
  sale_id    uuid   NOT NULL,
  till_id    bigint NOT NULL,
  amount     bigint NOT NULL CHECK (amount > 0),
  until      timestamptz NOT NULL,
  PRIMARY KEY (account_id, sale_id)
);
COMMENT ON TABLE account_hold IS 'Short holds (10 minutes) on what a basket is going to spend, so that nothing is refused after money moved.';
CREATE INDEX account_hold_sale ON account_hold (sale_id);

-- ---------------------------------------------------------------- references that count once

CREATE TABLE payment_reference (
  kind        text NOT NULL,
  ref         text NOT NULL,
  document_id uuid NOT NULL REFERENCES document,
  PRIMARY KEY (kind, ref)
);
COMMENT ON TABLE payment_reference IS 'Codes of mobile payments that were taken: each pays one sale in the whole shop.';
CREATE INDEX payment_reference_document ON payment_reference (document_id);

CREATE TABLE reference_hold (
  kind    text   NOT NULL,
  ref     text   NOT NULL,
  sale_id uuid   NOT NULL,
  till_id bigint NOT NULL,
  until   timestamptz NOT NULL,
  PRIMARY KEY (kind, ref)
);
COMMENT ON TABLE reference_hold IS 'Short holds (10 minutes) on the code of a mobile payment that a basket is being paid with.';
CREATE INDEX reference_hold_sale ON reference_hold (sale_id);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['account_entry', 'payment_reference'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', t);
  END LOOP;
END $$;
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON account EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- goods that are value

ALTER TABLE item ADD COLUMN holds text CHECK (holds IN ('gift_card', 'account'));
COMMENT ON COLUMN item.holds IS 'What a line of it puts its amount on: a gift card sold or topped up, a house account paid in. Else nothing.';
CREATE UNIQUE INDEX item_holds ON item (holds) WHERE holds IS NOT NULL;

GRANT SELECT ON tender_kind, store_tender, account_entry, payment_reference TO pos_report;
GRANT SELECT (id, kind, store_id, currency, balance, floor, until, blocked, made_at) ON account TO pos_report;

RESET ROLE;
RESET search_path;
