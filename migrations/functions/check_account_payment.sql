-- Money received on a house account: the account is that customer's, the amount above nothing, one way of paying.
CREATE OR REPLACE FUNCTION pos.check_account_payment(d jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT CASE
    WHEN d @? '$ ? (@.customer.type() != "number" || @.account.type() != "number" || @.tender.type() != "object"
                 || @.tender.kind.type() != "string" || @.tender.ref.type() != "string")'
      OR NOT coalesce((d->>'amount')::bigint BETWEEN 1 AND 9999999900000 AND d->'tender'->>'kind' IN ('cash', 'card'), false)
      THEN 'payment'
    WHEN NOT EXISTS (SELECT FROM customer c JOIN account a ON a.id = c.account
                      WHERE c.number = (d->>'customer')::bigint AND a.id = (d->>'account')::bigint) THEN 'customer'
  END
$$;
