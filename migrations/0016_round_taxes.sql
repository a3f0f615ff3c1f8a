-- Tax and paper: how a store rounds tax and cash, several taxes under one code, exempt customers, words on papers.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

ALTER TABLE store ADD COLUMN tax_method text NOT NULL DEFAULT 'by_rate'
  CHECK (tax_method IN ('by_line', 'by_rate', 'keep_gross'));
COMMENT ON COLUMN store.tax_method IS 'How tax is rounded: each line, each rate, or what the customer pays (docs/tax-and-rounding.md).';
GRANT SELECT (tax_method) ON store TO pos_report;

CREATE TABLE tax_part (
  tax      text NOT NULL REFERENCES tax,
  n        smallint NOT NULL CHECK (n BETWEEN 1 AND 8),
  part     text NOT NULL REFERENCES tax,
  compound boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tax, n),
  UNIQUE (tax, part),
  CHECK (tax <> part)
);
COMMENT ON TABLE tax_part IS 'A composite code stands for several taxes, in their order; an item under it pays each at its own dated rate.';
COMMENT ON COLUMN tax_part.compound IS 'Due on the taxes before it as well.';

-- A part is a tax of its own, and what has parts has no rate: neither could be judged otherwise.
CREATE FUNCTION check_tax_parts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tax_part a JOIN tax_part b ON b.tax = a.part) THEN
    RAISE EXCEPTION 'a part of a tax code has parts itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_part_is_a_tax';
  END IF;
  IF EXISTS (SELECT FROM tax_part a JOIN tax_rate r ON r.tax = a.tax) THEN
    RAISE EXCEPTION 'a tax code has both parts and a rate' USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_part_has_no_rate';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION check_tax_parts() IS 'Keeps composite tax codes one level deep and without a rate of their own.';
CREATE TRIGGER check_tax_parts AFTER INSERT OR UPDATE ON tax_part FOR EACH STATEMENT EXECUTE FUNCTION check_tax_parts();
CREATE TRIGGER check_tax_parts AFTER INSERT OR UPDATE ON tax_rate FOR EACH STATEMENT EXECUTE FUNCTION check_tax_parts();

CREATE TABLE cash_policy (
  store_id   bigint NOT NULL REFERENCES store,
  valid_from date   NOT NULL,
  step       int    NOT NULL CHECK (step BETWEEN 1 AND 100000),
  method     text   NOT NULL DEFAULT 'nearest' CHECK (method IN ('nearest', 'nearest_down', 'down', 'up')),
  PRIMARY KEY (store_id, valid_from)
);
COMMENT ON TABLE cash_policy IS 'What is paid in cash is rounded to a step of minor units from a legal local day on; a step of 1 rounds nothing.';

ALTER TABLE sale ADD COLUMN rounding bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN sale.rounding IS 'What cash rounding added (+) or took off (-): payments are total and rounding. Minor units.';
ALTER TABLE sale ADD COLUMN certificate text CHECK (btrim(certificate) <> '');
COMMENT ON COLUMN sale.certificate IS 'The certificate a customer was exempt from tax by.';
COMMENT ON TABLE sale_tax IS 'Taxes of a sale by code and rate, rounded as the store says. Minor units; rate in parts per million, 0 for what a customer was exempt from.';
COMMENT ON COLUMN sale_tax.net IS 'What the tax is due on; several taxes may be due on the same goods.';

-- ---------------------------------------------------------------- words on papers

CREATE TABLE paper_word (
  store_id bigint NOT NULL REFERENCES store,
  name     text   NOT NULL CHECK (name ~ '^[a-z_]{1,32}$'),
  text     text   NOT NULL CHECK (btrim(text) <> '' AND length(text) <= 200 AND text !~ '[\x01-\x1f\x7f]'),
  PRIMARY KEY (store_id, name)
);
COMMENT ON TABLE paper_word IS 'A store''s own wording on its papers, where it is not the program''s.';

CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON tax_part EXECUTE FUNCTION lock_changes();
CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON tax_part FOR EACH STATEMENT EXECUTE FUNCTION number_shop_change();
CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON cash_policy EXECUTE FUNCTION lock_changes();
CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON cash_policy FOR EACH STATEMENT EXECUTE FUNCTION number_shop_change();
CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON paper_word EXECUTE FUNCTION lock_changes();
CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON paper_word FOR EACH STATEMENT EXECUTE FUNCTION number_shop_change();
CREATE TRIGGER lock_changes BEFORE UPDATE OF header, footer, legal, tax_method ON store EXECUTE FUNCTION lock_changes();
CREATE TRIGGER number_change AFTER UPDATE OF header, footer, legal, tax_method ON store FOR EACH STATEMENT
  EXECUTE FUNCTION number_shop_change();

GRANT SELECT ON tax_part, cash_policy, paper_word TO pos_report;

RESET ROLE;
RESET search_path;
