-- What was paid for these sales by tenders that take money back, and was not given back by them yet: it goes there first.
CREATE OR REPLACE FUNCTION pos.returnable(documents uuid[]) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT (coalesce((SELECT sum(y.amount) FROM payment y WHERE y.document_id = ANY (documents) AND y.amount > 0
                       AND y.kind IN ('card', 'gift_card', 'store_credit', 'account')), 0)
          + coalesce((SELECT sum(y.amount) FROM paid_back x JOIN payment y USING (document_id, n)
                       WHERE x.of_document = ANY (documents)), 0))::bigint
$$;
