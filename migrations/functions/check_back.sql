-- Goods that come back: of a sold line no more than was sold of it, for what was paid for it, at the tax it was sold with;
-- by a card or account no more than was paid by it. The share of a line is rounded cumulatively, so that its last piece
-- takes the rest. Without a receipt: at most the lowest price this store asked lately, by someone who may.
-- The originals are locked (lock_returned) before this is asked. A refund is never made alone, so nothing of it is a fact
-- before the answer; what the server had booked once and lost with an old backup stands, and is flagged.
CREATE OR REPLACE FUNCTION pos.check_back(d jsonb, t pos.till, s pos.store, v_at timestamptz, rights text[]) RETURNS pos.finding
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  b record;
  o record;
  p record;
  v_due   bigint := -(d->>'total')::bigint;
  v_wrong text[];
  v_may   text[];
BEGIN
  IF d->'lines' @? '$[*].back ? (@.type() != "object" || @.document.type() != "string" || @.line.type() != "number"
       || @.receipt.type() != "string" || @.to.type() != "string" || @.reason.type() != "string")'
     OR d->'tenders' @? '$[*] ? (@.back.type() != "string")' THEN
    RETURN ('malformed', '{}', '{}')::finding;
  END IF;
  SELECT bool_and(coalesce(
             i.qty BETWEEN -99999000 AND -1 AND i.amount BETWEEN -9999999900000 AND 0 AND i.flags ? 'back'
             AND i.back->>'to' IN ('stock', 'waste') AND btrim(i.back->>'reason') <> ''
             AND (i.back ? 'document') = (i.back ? 'line') AND m.holds IS NULL, false)) AS shaped,  -- a gift card is spent, not returned
         coalesce(array_agg(DISTINCT (i.back->>'document')::uuid) FILTER (WHERE i.back ? 'document'), '{}') AS documents,
         bool_or(NOT i.back ? 'document') AS without, -sum(i.amount)::bigint AS worth,
         coalesce(bool_and(coalesce(i.amount = -round_div(i.price::numeric * -i.qty, 1000) AND i.price <= q.price AND i.tax = m.tax
                           AND (EXISTS (SELECT FROM price v WHERE v.id = i.price_version AND v.item_id = i.item AND v.amount = i.price)
                                OR special_fits(i.price_version, i.item, i.price, t.store_id)), false))
                  FILTER (WHERE NOT i.back ? 'document'), true) AS cheap
    INTO b
    FROM jsonb_to_recordset(d->'lines') AS i(item bigint, qty bigint, price bigint, price_version bigint, amount bigint, tax text,
                                             flags jsonb, back jsonb)
    LEFT JOIN item m ON m.id = i.item
    LEFT JOIN LATERAL lowest_price(i.item, t.store_id, v_at) q ON NOT i.back ? 'document'
   WHERE i.back IS NOT NULL;
  IF NOT b.shaped THEN RETURN ('back', '{}', '{}')::finding; END IF;

  SELECT coalesce(bool_and(coalesce(g.item = f.item AND g.price = f.price AND g.price_version = f.price_version
                                    AND g.taxes = f.taxes AND g.alike, false)), true)
           AND NOT EXISTS (SELECT FROM sale x JOIN store y ON y.id = x.store_id WHERE x.document_id = ANY (b.documents)
                              AND (y.currency, y.tax_mode) <> (s.currency, s.tax_mode))
           AND NOT EXISTS (SELECT FROM document k WHERE k.id = ANY (b.documents)  -- who paid no tax gets none back
                              AND (k.body::jsonb->'exempt') IS DISTINCT FROM (d->'exempt')) AS sold,
         coalesce(bool_or(f.back_qty + g.qty > f.qty), false) AS over,
         coalesce(bool_or(f.back_amount + g.amount <> round_div(f.net::numeric * (f.back_qty + g.qty), f.qty)), false) AS amiss
    INTO o
    FROM (SELECT (l->'back'->>'document')::uuid AS document, (l->'back'->>'line')::int AS line, min((l->>'item')::bigint) AS item,
                 min((l->>'price')::bigint) AS price, min((l->>'price_version')::bigint) AS price_version,
                 min(taxes_of_line(d, l)::text)::jsonb AS taxes, -sum((l->>'qty')::bigint) AS qty, -sum((l->>'amount')::bigint) AS amount,
                 count(DISTINCT (l->'item', l->'price', l->'price_version', taxes_of_line(d, l))) = 1 AS alike
            FROM jsonb_array_elements(d->'lines') l
           WHERE l->'back' ? 'document' GROUP BY 1, 2) g
    LEFT JOIN sold_lines(b.documents) f ON f.document = g.document AND f.line = g.line;

  SELECT coalesce(bool_or(k.back IS NOT NULL AND (k.amount > 0 OR NOT k.back::uuid = ANY (b.documents) OR k.kind = 'cash')), false)
           AS misnamed,
         coalesce(-sum(k.amount) FILTER (WHERE k.back IS NOT NULL), 0) AS given
    INTO p
    FROM jsonb_to_recordset(d->'tenders') AS k(kind text, amount bigint, back text);
  v_wrong := array_remove(ARRAY[
    CASE WHEN d->'flags' ?| '{offline,stands}' THEN 'refund_alone' END,
    CASE WHEN NOT o.sold THEN 'not_sold' END,
    CASE WHEN o.over THEN 'already_refunded' END,
    CASE WHEN o.amiss AND NOT o.over THEN 'refund_amount' END,
    CASE WHEN NOT b.cheap THEN 'refund_price' END,
    CASE WHEN p.misnamed OR given_back_over(d->'tenders') THEN 'refund_tender' END,
    CASE WHEN EXISTS (SELECT FROM refund_hold h WHERE h.of_document = ANY (b.documents) AND h.sale_id <> (d->>'sale')::uuid
                         AND h.until > clock_timestamp()) THEN 'refund_held' END], NULL);
  IF d->'flags' ? 'refilled' THEN
    RETURN (NULL, '{}', array_remove(v_wrong, 'refund_alone'))::finding;
  END IF;
  v_may := array_remove(ARRAY[
    CASE WHEN b.documents <> '{}' THEN 'refund' END,
    CASE WHEN b.without THEN 'refund_no_receipt' END,
    CASE WHEN p.given < least(v_due, returnable(b.documents)) THEN 'refund_other_tender' END], NULL);
  RETURN (v_wrong[1], CASE WHEN rights IS NOT NULL AND (NOT v_may <@ rights
              OR EXISTS (SELECT FROM unnest(array_remove(v_may, 'refund_other_tender')) r
                          WHERE NOT within_limit(d, t, r, 'refund', NULL, b.worth)))
            THEN '{no_permission}'::text[] ELSE '{}' END, '{}')::finding;
END $$;
