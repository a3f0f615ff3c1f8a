-- What a manager's window remembers for its person: which columns of a table, in which order.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE manager_layout (
  login  text  NOT NULL REFERENCES manager,
  page   text  NOT NULL CHECK (page ~ '^[a-z_]{1,32}$'),
  layout jsonb NOT NULL CHECK (jsonb_typeof(layout) = 'object' AND length(layout::text) <= 4000),
  PRIMARY KEY (login, page)
);
COMMENT ON TABLE manager_layout IS 'How a manager wants the tables of the inventory window: columns shown, and their order.';

RESET ROLE;
RESET search_path;
