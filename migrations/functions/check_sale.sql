-- A sale's content: lines, prices, taxes, tenders, grand total, and what the law and the shop ask.
CREATE OR REPLACE FUNCTION pos.check_sale(d jsonb, t pos.till, s pos.store, h pos.shift, rights text[], at timestamptz)
RETURNS pos.verdict LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  l record;
  x record;
  p record;
  v_total  bigint := (d->>'total')::bigint;
  v_stands boolean := stands_alone(d);
  v_at     timestamptz := at;
  v_rights text[] := rights;
  v_sold   boolean;
  v_breach text[] := '{}';
  v_flags  text[] := '{}';
BEGIN
  IF d->'lines' @? '$[*] ? (@.n.type() != "number" || @.item.type() != "number" || @.qty.type() != "number"
       || @.price.type() != "number" || @.price_version.type() != "number" || @.amount.type() != "number"
       || @.tax.type() != "string" || @.code.type() != "string")'
     OR d->'taxes' @? '$[*] ? (@.code.type() != "string" || @.rate.type() != "number" || @.net.type() != "number"
       || @.tax.type() != "number" || @.gross.type() != "number")'
     OR d->'tenders' @? '$[*] ? (@.n.type() != "number" || @.kind.type() != "string" || @.amount.type() != "number"
       || @.change.type() != "number" || @.ref.type() != "string")' THEN
    RETURN ('malformed', '{}')::verdict;
  END IF;
  IF d->'flags' ?| '{offline,refilled}' THEN  -- judged as of then: the till's clock, corrected by what it last knew of ours
    v_at := (d->>'at')::timestamptz + coalesce((d->>'offset_ms')::bigint, 0) * interval '1 millisecond';
  END IF;
  IF jsonb_typeof(d->'approvals') = 'array' AND d->'approvals' <> '[]' THEN
    v_rights := v_rights || approved_rights(d->'approvals', t.store_id);
  END IF;

  SELECT count(*) AS n, coalesce(bool_and(coalesce(
             i.n BETWEEN 1 AND 1000 AND i.qty BETWEEN 1 AND 99999000 AND i.price BETWEEN 0 AND 99999999
             AND i.amount BETWEEN 0 AND 9999999900000 AND i.tax <> '' AND i.price_version >= 0
             AND jsonb_typeof(i.flags) = 'array', false)), false) AND count(DISTINCT i.n) = count(*)
             AND max(i.n) = count(*) AS shaped,
         bool_and(m.id IS NOT NULL) AS known,
         bool_and(i.amount = round_div(i.price::numeric * i.qty, 1000)
                  OR (i.flags ? 'label_price' AND i.code ~ '^(02|2)\d{6,12}$|^0?(02|2)\d{11,12}$')) AS extended,
         bool_and((NOT i.flags ? 'label_price' OR label_fits(i.code, i.item, i.amount, t.store_id)) AND
                  CASE WHEN i.price_version = 0 THEN i.flags ? 'typed_price' OR i.flags ? 'label_price'
                       ELSE coalesce(v.item_id = i.item AND v.amount = i.price AND coalesce(v.store_id, t.store_id) = t.store_id
                                     AND v.valid_from <= v_at + interval '1 minute', false) END) AS priced,
         bool_or(m.blocked) AS blocked,
         bool_or(m.tax <> i.tax) AS tax_moved,
         max(m.min_age) AS min_age,
         bool_or(i.flags ? 'typed_price' AND m.open_price) AS typed_open,
         bool_or(i.flags ? 'typed_price' AND NOT m.open_price) AS typed_over,
         bool_or(i.price_version > 0 AND i.price_version <> (
                   SELECT q.id FROM price q  -- current_price(), spelled out: a call costs more than the look-up
                    WHERE q.item_id = i.item AND q.valid_from <= v_at AND (q.store_id = t.store_id OR q.store_id IS NULL)
                    ORDER BY q.valid_from DESC, q.id DESC LIMIT 1)) AS old_price
    INTO l
    FROM jsonb_to_recordset(d->'lines') AS i(n int, item bigint, code text, qty bigint, price bigint, price_version bigint,
                                             amount bigint, tax text, flags jsonb)
    LEFT JOIN item m ON m.id = i.item
    LEFT JOIN price v ON v.id = i.price_version;

  SELECT coalesce(bool_and(coalesce(w.code = e.code AND e.rate BETWEEN 0 AND 10000000
             AND e.tax = CASE s.tax_mode WHEN 'included' THEN round_div(w.amount * e.rate, 1000000 + e.rate)
                                         ELSE round_div(w.amount * e.rate, 1000000) END
             AND CASE s.tax_mode WHEN 'included' THEN e.gross = w.amount AND e.net = w.amount - e.tax
                                 ELSE e.net = w.amount AND e.gross = w.amount + e.tax END, false)), false)
           AND count(*) = count(DISTINCT w.code) AS summed,
         coalesce(bool_or(e.rate IS DISTINCT FROM tax_rate_on(e.code, (v_at AT TIME ZONE s.time_zone)::date)), false) AS moved,
         sum(e.gross) AS gross
    INTO x
    FROM (SELECT tax AS code, sum(amount::numeric) AS amount
            FROM jsonb_to_recordset(d->'lines') AS i(tax text, amount bigint) GROUP BY tax) w
    FULL JOIN jsonb_to_recordset(d->'taxes') AS e(code text, rate int, net bigint, tax bigint, gross bigint) ON e.code = w.code;

  SELECT coalesce(bool_and(coalesce(
             k.n BETWEEN 1 AND 100 AND k.kind IN ('cash', 'card') AND k.amount <> 0 AND abs(k.amount) <= 9999999900000
             AND (k.amount > 0) = (k.change IS NULL) AND (k.change IS NULL OR (k.change = 1 AND k.kind = 'cash')), false)), true)
           AND count(DISTINCT k.n) = count(*) AND coalesce(max(k.n), 0) = count(*) AND count(k.change) <= 1
           AND coalesce(sum(k.amount), 0) = v_total
           AND coalesce(sum(k.amount) FILTER (WHERE k.kind = 'card'), 0) <= v_total AS summed,
         coalesce(bool_or(k.kind = 'card'), false) AS card
    INTO p
    FROM jsonb_to_recordset(d->'tenders') AS k(n int, kind text, amount bigint, change int, ref text);

  v_flags := array_remove(ARRAY[CASE WHEN l.old_price THEN 'old_price' END], NULL);
  IF h.id IS NULL THEN RETURN ('no_shift', '{}')::verdict; END IF;
  IF d->>'currency' IS DISTINCT FROM s.currency OR d->>'tax_mode' IS DISTINCT FROM s.tax_mode OR d->>'sale' IS NULL
    THEN RETURN ('shop', '{}')::verdict; END IF;
  IF NOT l.shaped THEN RETURN ('lines', '{}')::verdict; END IF;
  IF NOT l.known THEN RETURN ('no_item', '{}')::verdict; END IF;
  IF NOT coalesce(l.extended, false) THEN RETURN ('amounts', '{}')::verdict; END IF;
  IF NOT coalesce(l.priced, false) AND NOT v_stands THEN RETURN ('price', '{}')::verdict; END IF;
  IF NOT x.summed THEN RETURN ('taxes', '{}')::verdict; END IF;
  IF x.gross IS DISTINCT FROM v_total THEN RETURN ('total', '{}')::verdict; END IF;
  IF NOT p.summed THEN RETURN ('tenders', '{}')::verdict; END IF;
  IF (d->>'grand')::bigint <> t.grand + v_total THEN RETURN ('grand', '{}')::verdict; END IF;
  v_sold := EXISTS (SELECT FROM sale WHERE store_id = t.store_id AND sale_id = (d->>'sale')::uuid);
  IF v_sold AND NOT v_stands THEN RETURN ('already_sold', '{}')::verdict; END IF;

  v_breach := array_remove(ARRAY[
    CASE WHEN v_sold THEN 'already_sold' END,
    CASE WHEN NOT coalesce(l.priced, false) THEN 'price' END,
    CASE WHEN rights IS NULL THEN 'unknown_cashier' END,
    CASE WHEN rights IS NOT NULL AND (NOT 'sell' = ANY (v_rights) OR (l.typed_open AND NOT 'sell_unknown' = ANY (v_rights))
              OR (l.typed_over AND NOT 'price_override' = ANY (v_rights))) THEN 'no_permission' END,
    CASE WHEN l.blocked THEN 'blocked' END,
    CASE WHEN NOT age_checked(d->'checks', l.min_age) THEN 'age_unchecked' END,
    CASE WHEN l.tax_moved OR x.moved THEN 'tax_moved' END], NULL);
  IF cardinality(v_breach) > 0 AND NOT p.card AND NOT v_stands THEN
    RETURN (v_breach[1], '{}')::verdict;
  END IF;
  RETURN (NULL, v_breach || v_flags)::verdict;
END $$;
