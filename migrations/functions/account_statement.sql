-- A customer's house account for the statement on paper: the one customer of a committed look-up of this till.
CREATE OR REPLACE FUNCTION api.account_statement(try uuid, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
  l customer_lookup;
BEGIN
  SELECT * INTO l FROM customer_lookup
   WHERE id = account_statement.try AND till_id = t.id AND xid <> pg_current_xact_id() AND how <> 'name'
     AND cardinality(found) = 1 AND at > clock_timestamp() - interval '10 minutes';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT jsonb_build_object('customer', customer_card(l.found[1]), 'entries', coalesce(jsonb_agg(jsonb_build_object(
                   'at', utc_text(e.at), 'source', e.source, 'amount', e.amount, 'balance', e.balance, 'store', coalesce(s.number, 0),
                   'till', coalesce(w.number, 0), 'epoch', coalesce(d.epoch, 0), 'no', coalesce(d.no, 0)) ORDER BY e.id), '[]'))
            FROM (SELECT x.* FROM account_entry x JOIN customer c ON c.account = x.account_id
                   WHERE c.number = l.found[1] AND c.erased_at IS NULL ORDER BY x.id DESC LIMIT least(greatest(lim, 1), 200)) e
            LEFT JOIN document d ON d.id = e.document_id LEFT JOIN till w ON w.id = d.till_id LEFT JOIN store s ON s.id = d.store_id);
END $$;
COMMENT ON FUNCTION api.account_statement(uuid, int) IS 'The newest lines of the house account of the customer just looked up, oldest of them first.';
GRANT EXECUTE ON FUNCTION api.account_statement(uuid, int) TO pos_till;
