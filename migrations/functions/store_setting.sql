-- A setting as a store has it: its own (name.number) before the shop's; empty when neither is set.
CREATE OR REPLACE FUNCTION pos.store_setting(name text, store int) RETURNS text
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT x.value FROM setting x WHERE x.name IN ($1, $1 || '.' || $2) ORDER BY length(x.name) DESC LIMIT 1
$$;
