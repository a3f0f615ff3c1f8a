-- A customer is looked up, or added, at this till: counted and written down with whom it shows, and told by
-- api.customer_found in a transaction of its own. So whoever rolls back to undo the count never hears the answer.
-- ``how``: phone, card, name (``what`` as domain.customer writes it), chosen (the number of one of the few names
-- shown a moment ago), number, or new (``what`` is the form as JSON). Only for somebody who is signed in here.
-- Locks: the till's row of customer_desk; a new customer's own row.
CREATE OR REPLACE FUNCTION api.customer_try(how text, what text, cashier int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_how  ALIAS FOR $1;
  p_what ALIAS FOR $2;
  p_who  ALIAS FOR $3;
  t      till := till_of_login();
  v_how  text := p_how;
  v_wait int;
  v_numbers bigint[];
  v_try  uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM session x WHERE x.till_id = t.id AND x.staff = p_who AND x.until > clock_timestamp()) THEN
    RETURN jsonb_build_object('outcome', 'nobody');
  END IF;
  INSERT INTO customer_desk (till_id) VALUES (t.id) ON CONFLICT DO NOTHING;
  PERFORM FROM customer_desk WHERE till_id = t.id FOR UPDATE;
  IF v_how = 'chosen' AND NOT coalesce((
       SELECT l.how = 'name' AND p_what = ANY (l.found::text[]) AND l.at > clock_timestamp() - interval '10 minutes'
         FROM customer_lookup l WHERE l.till_id = t.id ORDER BY l.at DESC LIMIT 1), false) THEN
    v_how := 'number';  -- one of each search is counted with it, the next one by itself
  END IF;
  v_wait := customer_wait(t, v_how);
  IF v_wait > 0 THEN
    RETURN jsonb_build_object('outcome', 'wait', 'seconds', v_wait);
  END IF;
  IF v_how = 'new' THEN
    v_numbers := new_customer(p_what::jsonb, t.store_id);
    v_how := CASE WHEN v_numbers = '{}' THEN 'taken' ELSE 'new' END;
  ELSE
    v_numbers := seek_customers(v_how, p_what);
  END IF;
  INSERT INTO customer_lookup (store_id, till_id, staff, how, found, more)
    VALUES (t.store_id, t.id, p_who, v_how, CASE WHEN cardinality(v_numbers) > 5 THEN '{}' ELSE v_numbers END,
            cardinality(v_numbers) > 5)
    RETURNING id INTO v_try;
  RETURN jsonb_build_object('outcome', 'ok', 'try', v_try);
END $$;
COMMENT ON FUNCTION api.customer_try(text, text, int) IS
  'Counts a look-up of a customer (or adds one) before it is answered, or says how long to wait.';
GRANT EXECUTE ON FUNCTION api.customer_try(text, text, int) TO pos_till;
