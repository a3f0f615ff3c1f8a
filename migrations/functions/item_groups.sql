-- The groups of an item that promotions may name: c and the number of its category, s and that of its supplier.
CREATE OR REPLACE FUNCTION pos.item_groups(category bigint, supplier bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$ SELECT array_remove(ARRAY['c' || category, 's' || supplier], NULL) $$;
