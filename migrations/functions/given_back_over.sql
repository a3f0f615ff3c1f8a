-- Whether a document gives back more, by a card or an account, than was paid by it for a sale and not given back since.
CREATE OR REPLACE FUNCTION pos.given_back_over(tenders jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (SELECT k.back::uuid AS document, k.kind, -sum(k.amount) AS amount
                   FROM jsonb_to_recordset(tenders) AS k(kind text, amount bigint, back text)
                  WHERE k.back IS NOT NULL GROUP BY 1, 2) g
     WHERE g.amount > coalesce((SELECT sum(y.amount) FROM payment y WHERE y.document_id = g.document AND y.kind = g.kind
                                   AND y.amount > 0), 0)
                    + coalesce((SELECT sum(y.amount) FROM paid_back x JOIN payment y USING (document_id, n)
                                 WHERE x.of_document = g.document AND y.kind = g.kind), 0))
$$;
