-- The books: documents first, then the rows derived from them. Nothing here is ever changed or deleted.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE document (
  id        uuid   PRIMARY KEY,
  store_id  bigint NOT NULL REFERENCES store,
  till_id   bigint NOT NULL REFERENCES till,
  epoch     int    NOT NULL CHECK (epoch >= 1),
  no        bigint NOT NULL CHECK (no >= 1),
  kind      text   NOT NULL CHECK (kind ~ '^[a-z_]{1,32}$'),
  sale_id   uuid,
  shift_id  uuid,
  cashier   int    NOT NULL,
  prev      bytea  NOT NULL CHECK (length(prev) = 32),
  hash      bytea  NOT NULL CHECK (length(hash) = 32),
  body      text   NOT NULL,
  outcome   text   NOT NULL CHECK (outcome IN ('booked', 'flagged', 'refused')),
  reason    text,
  flags     text[] NOT NULL DEFAULT '{}',
  at        timestamptz NOT NULL,
  server_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid       xid8   NOT NULL DEFAULT pg_current_xact_id(),
  UNIQUE (store_id, till_id, epoch, no),
  CHECK ((outcome = 'refused') = (reason IS NOT NULL)),
  CHECK ((outcome = 'flagged') = (cardinality(flags) > 0) OR outcome = 'refused')
);
COMMENT ON TABLE document IS 'Every record a till made, byte for byte, in its gapless chain, with what became of it.';
COMMENT ON COLUMN document.id IS 'Made by the till, one per attempt: posting the same id again returns the first answer.';
COMMENT ON COLUMN document.body IS 'Canonical JSON exactly as the till wrote it; hash = sha256(prev || body).';
COMMENT ON COLUMN document.outcome IS 'booked; flagged: booked, and the manager is told; refused: no effect on stock, money or grand total.';
COMMENT ON COLUMN document.at IS 'The till''s clock; server_at is ours.';
COMMENT ON COLUMN document.xid IS 'Watermark for roll-ups: safe to read below the oldest running transaction.';
CREATE INDEX document_shift ON document (shift_id);
CREATE INDEX document_at ON document USING brin (server_at);

CREATE TABLE shift (
  id            uuid   PRIMARY KEY REFERENCES document,
  store_id      bigint NOT NULL REFERENCES store,
  drawer_id     bigint NOT NULL REFERENCES drawer,
  till_id       bigint NOT NULL REFERENCES till,
  business_date date   NOT NULL,
  opened_by     int    NOT NULL REFERENCES staff,
  opened_at     timestamptz NOT NULL,
  float         bigint NOT NULL CHECK (float >= 0),
  closed_by     int REFERENCES staff,
  closed_at     timestamptz,
  close_document uuid UNIQUE REFERENCES document,
  z             bigint CHECK (z >= 1),
  counted       bigint CHECK (counted >= 0),
  expected      bigint,
  over_short    bigint,
  blind         boolean,
  figures       jsonb,
  UNIQUE (store_id, till_id, z),
  CHECK (num_nulls(closed_by, closed_at, close_document, z, counted, expected, over_short, blind, figures) IN (0, 9)),
  CHECK (over_short = counted - expected)
);
COMMENT ON TABLE shift IS 'A drawer''s session from float to count. Its id is the document that opened it.';
COMMENT ON COLUMN shift.business_date IS 'The day its sales belong to, whatever the clock says after midnight.';
COMMENT ON COLUMN shift.float IS 'Cash put in at the start, minor units.';
COMMENT ON COLUMN shift.figures IS 'The Z report''s numbers as printed.';
CREATE UNIQUE INDEX shift_open ON shift (store_id, drawer_id) WHERE closed_at IS NULL;

CREATE TABLE sale (
  document_id   uuid   PRIMARY KEY REFERENCES document,
  sale_id       uuid   NOT NULL,
  store_id      bigint NOT NULL,
  till_id       bigint NOT NULL,
  shift_id      uuid   NOT NULL REFERENCES shift,
  cashier       int    NOT NULL,
  business_date date   NOT NULL,
  sold_at       timestamptz NOT NULL,
  net           bigint NOT NULL,
  tax           bigint NOT NULL,
  total         bigint NOT NULL,
  UNIQUE (store_id, sale_id),
  CHECK (net + tax = total)
);
COMMENT ON TABLE sale IS 'Goods sold: one row for each booked sale document. Minor units.';
COMMENT ON COLUMN sale.sale_id IS 'The basket''s id, made at its first scan; a refused attempt may be paid again under it.';
CREATE INDEX sale_sold_at ON sale USING brin (sold_at);

CREATE TABLE sale_line (
  document_id   uuid     NOT NULL REFERENCES sale,
  n             smallint NOT NULL CHECK (n >= 1),
  store_id      bigint   NOT NULL,
  item_id       bigint   NOT NULL,
  category_id   bigint   NOT NULL,
  sold_at       timestamptz NOT NULL,
  code          text,
  qty           numeric(14,3) NOT NULL CHECK (qty <> 0),
  price         bigint   NOT NULL CHECK (price >= 0),
  price_version bigint   NOT NULL CHECK (price_version >= 0),
  amount        bigint   NOT NULL,
  tax           text     NOT NULL,
  cost          numeric(19,6),
  PRIMARY KEY (document_id, n)
);
COMMENT ON TABLE sale_line IS 'One item in a sale. Item and category carry no foreign key: the check would write to the item''s row at every sale; items are never deleted, and verify looks for orphans.';
COMMENT ON COLUMN sale_line.sold_at IS 'Copied from the sale, with the category, so that reports by time read a narrow range.';
COMMENT ON COLUMN sale_line.price_version IS 'The price row it was sold at; 0 when the price was typed.';
COMMENT ON COLUMN sale_line.cost IS 'The item''s unit cost when it was sold.';
CREATE INDEX sale_line_sold_at ON sale_line USING brin (sold_at);

CREATE TABLE sale_tax (
  document_id uuid   NOT NULL REFERENCES sale,
  tax         text   NOT NULL,
  rate        int    NOT NULL CHECK (rate >= 0),
  net         bigint NOT NULL,
  amount      bigint NOT NULL,
  gross       bigint NOT NULL,
  PRIMARY KEY (document_id, tax, rate),
  CHECK (net + amount = gross)
);
COMMENT ON TABLE sale_tax IS 'Tax of a sale by rate, rounded once per rate. Minor units; rate in parts per million.';

CREATE TABLE payment (
  document_id uuid     NOT NULL REFERENCES sale,
  n           smallint NOT NULL CHECK (n >= 1),
  kind        text     NOT NULL CHECK (kind IN ('cash', 'card')),
  amount      bigint   NOT NULL CHECK (amount <> 0),
  change      boolean  NOT NULL DEFAULT false,
  ref         text,
  PRIMARY KEY (document_id, n),
  CHECK (NOT change OR (kind = 'cash' AND amount < 0))
);
COMMENT ON TABLE payment IS 'One way of paying in a sale. Change is a negative cash payment. Minor units.';
COMMENT ON COLUMN payment.ref IS 'The card terminal''s slip reference; never a card number.';

CREATE TABLE cash_movement (
  document_id uuid   PRIMARY KEY REFERENCES document,
  store_id    bigint NOT NULL,
  till_id     bigint NOT NULL,
  shift_id    uuid   NOT NULL REFERENCES shift,
  direction   text   NOT NULL CHECK (direction IN ('float', 'drop', 'pay_in', 'pay_out')),
  amount      bigint NOT NULL CHECK (amount <> 0 AND (amount > 0) = (direction IN ('float', 'pay_in'))),
  reason      text   NOT NULL,
  cashier     int    NOT NULL,
  at          timestamptz NOT NULL
);
COMMENT ON TABLE cash_movement IS 'Cash into or out of the drawer that is no sale; amount is its effect on the drawer, minor units.';

CREATE TABLE event (
  document_id uuid   PRIMARY KEY REFERENCES document,
  store_id    bigint NOT NULL,
  till_id     bigint NOT NULL,
  shift_id    uuid REFERENCES shift,
  name        text   NOT NULL CHECK (name ~ '^[a-z_]{1,64}$'),
  sale_id     uuid,
  reason      text,
  amount      bigint,
  detail      jsonb  NOT NULL DEFAULT '{}',
  cashier     int    NOT NULL,
  at          timestamptz NOT NULL
);
COMMENT ON TABLE event IS 'Voids, drawer openings without sale, age refusals and the like: what the law or the manager asks about.';

CREATE TABLE movement (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  store_id    bigint NOT NULL,
  item_id     bigint NOT NULL,
  at          timestamptz NOT NULL,
  delta       numeric(14,3) NOT NULL CHECK (delta <> 0),
  balance     numeric(14,3) NOT NULL,
  reason      text   NOT NULL CHECK (reason ~ '^[a-z_]{1,32}$'),
  document_id uuid REFERENCES document,
  by          text,
  note        text,
  xid         xid8   NOT NULL DEFAULT pg_current_xact_id(),
  FOREIGN KEY (store_id, item_id) REFERENCES stock,
  CHECK ((document_id IS NULL) = (by IS NOT NULL))
);
COMMENT ON TABLE movement IS 'One change of stock with its reason: by a document, or by a person''s login.';
COMMENT ON COLUMN movement.balance IS 'On hand after it; verify adds them all up again.';
CREATE INDEX movement_item ON movement (store_id, item_id, id);

CREATE TABLE flag (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  store_id    bigint NOT NULL REFERENCES store,
  till_id     bigint REFERENCES till,
  document_id uuid,
  kind        text   NOT NULL CHECK (kind ~ '^[a-z_]{1,64}$'),
  alarm       boolean NOT NULL DEFAULT false,
  detail      jsonb  NOT NULL DEFAULT '{}',
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at     timestamptz,
  seen_by     text
);
COMMENT ON TABLE flag IS 'What the manager is told: sales booked with a question, and alarms (another body under a known id, a broken chain).';
COMMENT ON COLUMN flag.document_id IS 'The document it is about; an alarm''s may be one that was not stored.';
CREATE INDEX flag_open ON flag (store_id, id) WHERE seen_at IS NULL;
CREATE INDEX flag_document ON flag (document_id);

CREATE TABLE held_sale (
  store_id bigint NOT NULL REFERENCES store,
  sale_id  uuid   NOT NULL,
  till_id  bigint NOT NULL REFERENCES till,
  label    text   NOT NULL DEFAULT '',
  body     jsonb  NOT NULL,
  held_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (store_id, sale_id)
);
COMMENT ON TABLE held_sale IS 'Parked baskets: any till of the store may take one up, the first wins.';

RESET ROLE;
RESET search_path;
