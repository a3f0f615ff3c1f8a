-- The lines of booked sales as they were sold (thousandths, minor units), with their taxes, and how much of each came back
-- since. What itself came back is none of them, nor is value put on a gift card: it may be spent by now.
CREATE OR REPLACE FUNCTION pos.sold_lines(documents uuid[])
RETURNS TABLE (document uuid, line int, item bigint, qty bigint, price bigint, price_version bigint, net bigint, taxes jsonb,
               back_qty bigint, back_amount bigint, said jsonb)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT k.document_id, (l->>'n')::int, (l->>'item')::bigint, (l->>'qty')::bigint, (l->>'price')::bigint, (l->>'price_version')::bigint,
         coalesce(l->>'net', l->>'amount')::bigint, taxes_of_line(k.d, l), coalesce(b.qty, 0)::bigint, coalesce(b.amount, 0)::bigint, l
    FROM (SELECT x.document_id, y.body::jsonb AS d FROM sale x JOIN document y ON y.id = x.document_id
           WHERE x.document_id = ANY (documents)) k
    CROSS JOIN LATERAL jsonb_array_elements(k.d->'lines') l
    LEFT JOIN LATERAL (SELECT sum(r.qty) * 1000 AS qty, sum(r.amount) AS amount FROM returned r
                        WHERE r.of_document = k.document_id AND r.of_line = (l->>'n')::int) b ON true
   WHERE (l->>'qty')::bigint > 0 AND NOT l ? 'account'
$$;
