-- Whether a sale's taxes are more than one tax a line, rounded by rate: its canonical bytes tell. A quote inside a text is
-- escaped there, so no name is taken for a key.
CREATE OR REPLACE FUNCTION pos.worked_taxes(body text) RETURNS boolean LANGUAGE sql IMMUTABLE
  AS $$ SELECT body ~ '"tax":"[^"]*","taxes":\[|"rate":[0-9]+,"tax":"|"tax_method":"|"exempt":\{' $$;
