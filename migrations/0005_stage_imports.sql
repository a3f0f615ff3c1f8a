-- Lists of items come in through a temporary table, and a case knows the single it holds.

-- Only the owner's functions make temporary tables; no login may.
DO $$
BEGIN
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO pos_owner', current_database());
END $$;

SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE TABLE pack (
  item_id bigint PRIMARY KEY REFERENCES item,
  of_item bigint NOT NULL REFERENCES item,
  qty     numeric(14,3) NOT NULL CHECK (qty > 0),
  CHECK (item_id <> of_item)
);
COMMENT ON TABLE pack IS 'A case beside its single: item_id holds qty of of_item. Both are items with codes, prices and stock.';
CREATE INDEX pack_of_item ON pack (of_item);
GRANT SELECT ON pack TO pos_report;

RESET ROLE;
RESET search_path;
