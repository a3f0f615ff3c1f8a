-- A tax's rate in parts per million on a legal local date; empty when it has none yet.
CREATE OR REPLACE FUNCTION pos.tax_rate_on(tax text, day date) RETURNS int LANGUAGE sql STABLE
  AS $$ SELECT r.rate FROM pos.tax_rate r WHERE r.tax = $1 AND r.valid_from <= $2 ORDER BY r.valid_from DESC LIMIT 1 $$;
