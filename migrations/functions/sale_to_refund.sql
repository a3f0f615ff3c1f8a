-- A booked sale by its receipt's number, or by its document's id, as a till needs it to take goods back: its lines as sold,
-- what of them came back since, and how it was paid. Null when there is none of that number. A till looks at 200 an hour.
CREATE OR REPLACE FUNCTION api.sale_to_refund(receipt jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t   till := till_of_login();
  k   document;
  r   jsonb := $1;
BEGIN
  IF (SELECT count(*) FROM refund_look l WHERE l.till_id = t.id AND l.at > clock_timestamp() - interval '1 hour') >= 200 THEN
    RETURN jsonb_build_object('too_many', 1);
  END IF;
  IF r ? 'document' THEN
    SELECT x.* INTO k FROM document x JOIN sale b ON b.document_id = x.id WHERE x.id = (r->>'document')::uuid;
  ELSE
    SELECT x.* INTO k FROM store o JOIN till w ON w.store_id = o.id AND w.number = (r->>'till')::int
      JOIN document x ON x.store_id = o.id AND x.till_id = w.id AND x.epoch = (r->>'epoch')::int AND x.no = (r->>'no')::bigint
      JOIN sale b ON b.document_id = x.id
     WHERE o.number = (r->>'store')::int;
  END IF;
  INSERT INTO refund_look (till_id, of_document) VALUES (t.id, k.id);
  IF k.id IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT jsonb_build_object(
      'document', k.id, 'store', o.number, 'till', w.number, 'epoch', k.epoch, 'no', k.no, 'at', utc_text(k.server_at),
      'currency', o.currency, 'tax_mode', o.tax_mode, 'total', b.total,
      'lines', (SELECT coalesce(jsonb_agg(y.said || jsonb_build_object('net', y.net, 'taxes', y.taxes, 'several', (y.said ? 'taxes')::int,
                                                                      'back_qty', y.back_qty, 'back_amount', y.back_amount) ORDER BY y.line), '[]')
                  FROM sold_lines(ARRAY[k.id]) y),
      'exempt', coalesce(k.body::jsonb->'exempt', '{}'), 'buyer', sale_buyer(k),
      'tenders', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', p.kind, 'amount', p.amount, 'ref', p.ref,
                            'account', p.account_id, 'back',
                            -coalesce((SELECT sum(q.amount) FROM paid_back g JOIN payment q USING (document_id, n)
                                         LEFT JOIN account_entry f ON (f.document_id, f.source, f.n) = (q.document_id, 'tender', q.n)
                                        WHERE g.of_document = k.id AND q.kind = p.kind AND f.account_id IS NOT DISTINCT FROM p.account_id),
                                      0))) ORDER BY p.kind, p.account_id), '[]')
                    FROM (SELECT y.kind, e.account_id, sum(y.amount) AS amount, min(y.ref) AS ref FROM payment y
                            LEFT JOIN account_entry e ON (e.document_id, e.source, e.n) = (y.document_id, 'tender', y.n)
                           WHERE y.document_id = k.id GROUP BY y.kind, e.account_id) p
                   WHERE p.amount > 0))
      FROM sale b JOIN store o ON o.id = k.store_id JOIN till w ON w.id = k.till_id WHERE b.document_id = k.id);
END $$;
COMMENT ON FUNCTION api.sale_to_refund(jsonb) IS 'A sale by its receipt''s number, with what of it may still come back.';
GRANT EXECUTE ON FUNCTION api.sale_to_refund(jsonb) TO pos_till;
