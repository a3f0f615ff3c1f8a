-- Money received on a house account: above nothing, in one way, and the account is that customer's. One that we booked
-- once and lost with an old backup stands, whatever became of the customer.
CREATE OR REPLACE FUNCTION pos.check_account_payment(d jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT CASE
    WHEN d @? '$ ? (@.customer.type() != "number" || @.account.type() != "number" || @.tender.type() != "object"
                 || @.tender.kind.type() != "string" || @.tender.ref.type() != "string")'
      OR NOT coalesce((d->>'amount')::bigint BETWEEN 1 AND 9999999900000 AND d->'tender'->>'kind' IN ('cash', 'card')
                      AND (d->>'customer')::bigint BETWEEN 1 AND 999999999999 AND (d->>'account')::bigint > 0, false) THEN 'payment'
    WHEN NOT d->'flags' ? 'refilled' AND NOT EXISTS (SELECT FROM customer c
                      WHERE c.number = (d->>'customer')::bigint AND c.account = (d->>'account')::bigint) THEN 'customer'
  END
$$;
