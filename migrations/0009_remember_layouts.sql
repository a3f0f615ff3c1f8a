-- What a manager's window remembers for its person: which columns of a table, in which order. And what its filter
-- looks for among a million items: a part of a code, and a supplier's goods.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE manager_layout (
  login  text  NOT NULL REFERENCES manager,
  page   text  NOT NULL CHECK (page ~ '^[a-z_]{1,32}$'),
  layout jsonb NOT NULL CHECK (jsonb_typeof(layout) = 'object' AND length(layout::text) <= 4000),
  PRIMARY KEY (login, page)
);
COMMENT ON TABLE manager_layout IS 'How a manager wants the tables of the inventory window: columns shown, and their order.';

CREATE INDEX item_code_part ON item_code USING gin (lower(code) gin_trgm_ops);
CREATE INDEX item_supplier ON item (supplier_id);
-- In name order a filter by supplier or category is answered from the index alone.
DROP INDEX item_search_start;
CREATE INDEX item_search_start ON item (search COLLATE "C", id) INCLUDE (supplier_id, category_id);

RESET ROLE;
RESET search_path;
