-- The taxes of a sale with more to it than one tax a line rounded by rate: worked out anew from its lines by the method it
-- names. Rates are those of the day, except on goods brought back against a receipt: check_back compares those with it.
-- A certificate that is on file is that of the sale's customer, good on the day, for these taxes; and a customer who has a good
-- one is freed by that one. One that nobody has on file is what the cashier read, as an approver allowed.
CREATE OR REPLACE FUNCTION pos.check_taxes_worked(d jsonb, s pos.store, day date, rights text[])
RETURNS pos.finding LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_method text := coalesce(d->>'tax_method', 'by_rate');
  v_exempt text[] := ARRAY(SELECT jsonb_array_elements_text(d->'exempt'->'codes'));
  v_worked jsonb;
  v_moved  boolean;
  v_own    boolean;
BEGIN
  IF v_method NOT IN ('by_rate', 'by_line', 'keep_gross')
     OR d @? '$ ? (@.tax_method.type() != "string" || @.exempt.type() != "object" || @.exempt.certificate.type() != "string"
          || @.exempt.codes.type() != "array" || @.exempt.codes[*].type() != "string")'
     OR (d ? 'exempt' AND (btrim(coalesce(d->'exempt'->>'certificate', '')) = '' OR cardinality(v_exempt) NOT BETWEEN 1 AND 100))
     OR d->'lines' @? '$[*] ? (@.rate.type() != "number" || @.rate < 0 || @.rate > 10000000 || (exists(@.rate) && exists(@.taxes)))'
     OR d->'lines' @? 'strict $[*] ? (@.taxes.type() != "array" || @.taxes.size() < 1 || @.taxes.size() > 8)'
     OR d->'lines' @? '$[*].taxes[*] ? (@.code.type() != "string" || @.rate.type() != "number" || @.rate < 0
          || @.rate > 10000000 || @.on.type() != "number" || @.on != 1)'
     OR EXISTS (SELECT FROM jsonb_array_elements(d->'lines') l, jsonb_array_elements(l->'taxes') e
                 WHERE l ? 'taxes' GROUP BY l->>'n', e->>'code' HAVING count(*) > 1) THEN
    RETURN ('malformed', '{}', '{}')::finding;
  END IF;
  v_worked := tax_sale(line_taxes(d), s.tax_mode, v_method, v_exempt);
  IF v_worked->'taxes' IS DISTINCT FROM d->'taxes' THEN RETURN ('taxes', '{}', '{}')::finding; END IF;
  IF v_worked->'gross' IS DISTINCT FROM d->'total' THEN RETURN ('total', '{}', '{}')::finding; END IF;

  SELECT bool_or(taxes_of_line(d, l) IS DISTINCT FROM coalesce(
           composite_taxes(l->>'tax', day),
           jsonb_build_array(jsonb_build_object('code', l->'tax', 'rate', tax_rate_on(l->>'tax', day)))))
    INTO v_moved
    FROM jsonb_array_elements(d->'lines') l WHERE NOT coalesce(l->'back' ? 'document', false);
  IF d ? 'exempt' AND d->>'kind' = 'sale' THEN
    SELECT bool_or(x.his AND x.named AND x.good AND v_exempt <@ x.certificate_codes) INTO v_own
      FROM (SELECT coalesce(c.number = (d->>'customer')::bigint, false) AS his, c.certificate = d->'exempt'->>'certificate' AS named,
                   coalesce(c.certificate_until >= day, true) AS good, c.certificate_codes
              FROM customer c WHERE c.certificate <> '' AND c.certificate_codes <> '{}') x
     WHERE x.named OR (x.his AND x.good);
  END IF;
  RETURN (NULL, array_remove(ARRAY[
    CASE WHEN v_moved OR v_method <> s.tax_method THEN 'tax_moved' END,
    CASE WHEN NOT v_own THEN 'certificate' END,
    CASE WHEN d ? 'exempt' AND d->>'kind' = 'sale' AND NOT 'exempt_tax' = ANY (coalesce(rights, '{}')) THEN 'no_permission' END],
    NULL), '{}')::finding;
END $$;
