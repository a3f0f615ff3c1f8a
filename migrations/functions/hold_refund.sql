-- Before pay: whether what a basket gives back may still come back, and a hold on its receipts for five minutes, so that no
-- other till refunds them while a card is credited. Returns what is in the way, by the basket's line.
-- Locks: the original sales, by id.
CREATE OR REPLACE FUNCTION pos.hold_refund(lines jsonb, sale uuid, t pos.till) RETURNS TABLE (n int, code text)
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_documents uuid[];
BEGIN
  PERFORM lock_returned(lines);
  SELECT array_agg(DISTINCT (l.back->>'document')::uuid ORDER BY (l.back->>'document')::uuid) INTO v_documents
    FROM jsonb_to_recordset(lines) AS l(back jsonb) WHERE l.back ? 'document';
  RETURN QUERY
    SELECT l.n, CASE WHEN o.line IS NULL THEN 'not_sold' WHEN o.back_qty + l.all_qty > o.qty THEN 'already_refunded' ELSE 'refund_held' END
      FROM (SELECT i.n, (i.back->>'document')::uuid AS document, (i.back->>'line')::int AS line,
                   -sum(i.qty) OVER (PARTITION BY i.back->>'document', i.back->>'line') AS all_qty
              FROM jsonb_to_recordset(lines) AS i(n int, qty bigint, back jsonb) WHERE i.back ? 'document') l
      LEFT JOIN sold_lines(v_documents) o ON o.document = l.document AND o.line = l.line
     WHERE o.line IS NULL OR o.back_qty + l.all_qty > o.qty
        OR EXISTS (SELECT FROM refund_hold h WHERE h.of_document = l.document AND h.sale_id <> hold_refund.sale
                      AND h.until > clock_timestamp());
  IF NOT FOUND THEN
    INSERT INTO refund_hold (of_document, sale_id, store_id, till_id, until)
      SELECT x, hold_refund.sale, t.store_id, t.id, clock_timestamp() + interval '5 minutes' FROM unnest(v_documents) x
      ON CONFLICT (of_document) DO UPDATE SET sale_id = excluded.sale_id, store_id = excluded.store_id,
                                              till_id = excluded.till_id, until = excluded.until;
  END IF;
END $$;
