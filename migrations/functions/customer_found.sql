-- What a look-up that is committed found: one whole customer; or, by name, up to five to ask about, each by first name,
-- initial and the end of the phone number.
CREATE OR REPLACE FUNCTION api.customer_found(try uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
  l customer_lookup;
BEGIN
  SELECT * INTO l FROM customer_lookup
   WHERE id = customer_found.try AND till_id = t.id AND xid <> pg_current_xact_id() AND at > clock_timestamp() - interval '10 minutes';
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'none');
  ELSIF l.how = 'taken' THEN
    RETURN jsonb_build_object('outcome', 'taken');
  ELSIF l.more THEN
    RETURN jsonb_build_object('outcome', 'more');
  ELSIF l.how = 'name' AND l.found <> '{}' THEN
    RETURN jsonb_build_object('outcome', 'names', 'names', (
      SELECT jsonb_agg(jsonb_build_object(
               'number', c.number, 'phone_end', coalesce(right(c.phone, 3), ''),
               'name', CASE WHEN c.name ~ '\s' THEN regexp_replace(c.name, '^(\S+)\s+(?:.*\s)?(\S)\S*$', '\1 \2.') ELSE c.name END)
               ORDER BY c.search, c.number)
        FROM customer c WHERE c.number = ANY (l.found) AND c.erased_at IS NULL));
  END IF;
  RETURN (SELECT CASE WHEN x.card IS NULL THEN jsonb_build_object('outcome', 'none')
                      ELSE jsonb_build_object('outcome', 'one', 'customer', x.card) END
            FROM (SELECT customer_card(l.found[1]) AS card) x);
END $$;
COMMENT ON FUNCTION api.customer_found(uuid) IS 'The answer to a committed api.customer_try of this till, for ten minutes.';
GRANT EXECUTE ON FUNCTION api.customer_found(uuid) TO pos_till;
