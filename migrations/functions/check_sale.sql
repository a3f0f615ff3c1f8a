-- A sale's or a refund's content: lines, prices, what was taken off, taxes, tenders, grand total, and what the law and the
-- shop ask. What every sale has is asked here, in one look at its lines, one at its taxes and one at its tenders: a call for each
-- cost a plain sale 3 %. What is rare has functions of its own, entered only when one of those looks has seen it.
-- A part's reason refuses always; a breach refuses unless money has changed hands for good (a card, or goods sold while the
-- server was away): then the document is booked and flagged.
DROP FUNCTION IF EXISTS pos.check_lines(jsonb, pos.till, timestamptz, boolean), pos.check_taxes(jsonb, pos.store, timestamptz, text[]),
  pos.check_tenders(jsonb, pos.till, pos.store, timestamptz, text[]), pos.check_law(jsonb, pos.till, pos.store, timestamptz, text[]);
DROP TYPE IF EXISTS pos.line_facts, pos.tender_facts;
DROP FUNCTION IF EXISTS pos.check_sale(jsonb, pos.till, pos.store, pos.shift, text[], timestamptz);
CREATE OR REPLACE FUNCTION pos.check_sale(d jsonb, t pos.till, s pos.store, h pos.shift, rights text[], serves date, at timestamptz)
RETURNS pos.verdict LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  l        record;
  w        record;
  p        record;
  x        finding;
  v_total  bigint;
  v_stands boolean := stands_alone(d);
  v_at     timestamptz := at;
  v_day    date;
  v_rights text[] := rights;
  v_breach text[];
  v_flags  text[] := '{}';
BEGIN
  IF d->'lines' @? '$[*] ? (@.n.type() != "number" || @.item.type() != "number" || @.qty.type() != "number"
       || @.price.type() != "number" || @.price_version.type() != "number" || @.amount.type() != "number"
       || @.tax.type() != "string" || @.code.type() != "string" || @.net.type() != "number")'
     OR d->'taxes' @? '$[*] ? (@.code.type() != "string" || @.rate.type() != "number" || @.net.type() != "number"
       || @.tax.type() != "number" || @.gross.type() != "number")'
     OR d->'tenders' @? '$[*] ? (@.n.type() != "number" || @.kind.type() != "string" || @.amount.type() != "number"
       || @.change.type() != "number" || @.ref.type() != "string")' THEN
    RETURN ('malformed', '{}')::verdict;
  END IF;
  IF d->'flags' ?| '{offline,refilled}' THEN  -- judged as of then: the till's clock, corrected by what it last knew of ours
    v_at := (d->>'at')::timestamptz + coalesce((d->>'offset_ms')::bigint, 0) * interval '1 millisecond';
  END IF;
  v_day := (v_at AT TIME ZONE s.time_zone)::date;
  v_total := (d->>'total')::bigint;
  IF jsonb_typeof(d->'approvals') = 'array' AND d->'approvals' <> '[]' THEN
    v_rights := v_rights || approved_rights(d, t);
  END IF;
  IF h.id IS NULL THEN RETURN ('no_shift', '{}')::verdict; END IF;
  IF d->>'currency' IS DISTINCT FROM s.currency OR d->>'tax_mode' IS DISTINCT FROM s.tax_mode OR d->>'sale' IS NULL
    THEN RETURN ('shop', '{}')::verdict; END IF;

  -- The lines: whole, of items we know, price times quantity, at prices that are or were ours. Those that come back (back,
  -- empties) have a negative quantity; their prices are judged by their own part.
  SELECT coalesce(bool_and(coalesce(
             i.n BETWEEN 1 AND 1000 AND i.price BETWEEN 0 AND 99999999 AND i.tax <> '' AND i.price_version >= 0
             AND jsonb_typeof(i.flags) = 'array'
             AND CASE WHEN i.back IS NULL AND NOT i.flags ? 'empties'
                      THEN i.qty BETWEEN 1 AND 99999000 AND i.amount BETWEEN 0 AND 9999999900000
                      ELSE i.qty BETWEEN -99999000 AND -1 AND i.amount BETWEEN -9999999900000 AND 0 END, false)), false)
             AND count(DISTINCT i.n) = count(*) AND max(i.n) = count(*)
             AND (d->>'kind' <> 'refund' OR bool_and(i.qty < 0)) AS shaped,
         bool_and(m.id IS NOT NULL AND (i.single IS NULL OR i.pack BETWEEN 2 AND 999 AND EXISTS (SELECT FROM item o WHERE o.id = i.single)))
           AS known,
         bool_and(i.back IS NOT NULL OR i.amount = round_div(i.price::numeric * i.qty, 1000)
                  OR (i.flags ? 'label_price' AND i.code ~ '^(02|2)\d{6,12}$|^0?(02|2)\d{11,12}$')) AS extended,
         bool_and(i.back IS NOT NULL OR
                  ((NOT i.flags ? 'label_price' OR label_fits(i.code, i.item, i.amount, t.store_id)) AND
                   CASE WHEN i.price_version = 0 THEN i.flags ? 'typed_price' OR i.flags ? 'label_price'
                        WHEN v.id IS NULL THEN special_fits(i.price_version, i.item, i.price, t.store_id)
                        ELSE coalesce(v.item_id = i.item AND v.amount = i.price AND coalesce(v.store_id, t.store_id) = t.store_id
                                      AND v.valid_from <= v_at + interval '1 minute', false) END)) AS priced,
         bool_or(m.blocked AND i.qty > 0) AS blocked,
         bool_or(m.tax <> i.tax AND i.back IS NULL) AS tax_moved,
         max(m.min_age) FILTER (WHERE i.qty > 0) AS min_age,
         bool_or(i.flags ? 'typed_price' AND m.open_price) AS typed_open,
         bool_or(i.flags ? 'typed_price' AND NOT m.open_price) AS typed_over,
         bool_or(i.net IS NOT NULL OR i.given IS NOT NULL OR i.discounts IS NOT NULL
                 OR (v.id IS NULL AND i.price_version > 0 AND i.back IS NULL)) AS reduced,
         bool_or(i.back IS NOT NULL) AS back, bool_or(m.watched OR i.single IS NOT NULL OR i.deposit_for IS NOT NULL OR i.flags ? 'empties') AS watched, bool_or(i.account IS NOT NULL) AS loads,
         bool_or(i.taxes IS NOT NULL OR i.rate IS NOT NULL) AS worked,
         bool_or(m.returnable OR i.flags ? 'empties' OR num_nonnulls(m.deposit_id, m.single_id, i.single, i.deposit_for, i.back) > 0)
           AS tied,
         bool_or(i.price_version > 0 AND i.back IS NULL AND i.price_version <> (
                   SELECT q.id FROM price q  -- current_price(), spelled out: a call costs more than the look-up
                    WHERE q.item_id = i.item AND q.valid_from <= v_at
                      AND (q.store_id = t.store_id OR q.store_id IS NULL)
                    ORDER BY q.valid_from DESC, q.id DESC LIMIT 1)
                 AND (v.id IS NOT NULL OR NOT special_fits(i.price_version, i.item, i.price, t.store_id))) AS old_price
    INTO l
    FROM jsonb_to_recordset(d->'lines') AS i(n int, item bigint, code text, qty bigint, price bigint, price_version bigint,
                                             amount bigint, tax text, flags jsonb, net bigint, given jsonb, discounts jsonb,
                                             back jsonb, single bigint, pack int, deposit_for int, taxes jsonb, rate jsonb,
                                             account jsonb)
    LEFT JOIN item m ON m.id = i.item
    LEFT JOIN price v ON v.id = i.price_version;
  IF NOT l.shaped THEN RETURN ('lines', '{}')::verdict; END IF;
  IF NOT l.known THEN RETURN ('no_item', '{}')::verdict; END IF;
  IF l.extended IS NOT TRUE THEN RETURN ('amounts', '{}')::verdict; END IF;
  IF l.priced IS NOT TRUE AND NOT v_stands THEN RETURN ('price', '{}')::verdict; END IF;
  v_breach := array_remove(ARRAY[
    CASE WHEN l.priced IS NOT TRUE THEN 'price' END,
    CASE WHEN rights IS NULL THEN 'unknown_cashier' END,
    CASE WHEN rights IS NOT NULL AND (NOT 'sell' = ANY (v_rights) OR (l.typed_open AND NOT 'sell_unknown' = ANY (v_rights))
              OR (l.typed_over AND NOT 'price_override' = ANY (v_rights))) THEN 'no_permission' END,
    CASE WHEN l.blocked THEN 'blocked' END,
    CASE WHEN NOT age_checked(d->'checks', l.min_age) THEN 'age_unchecked' END], NULL);
  IF l.old_price THEN
    v_flags := '{old_price}';
  END IF;
  IF l.reduced OR d ? 'coupons' THEN
    x := check_given(d, t, s, v_at);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || x.breach;
    v_flags := v_flags || x.flags;
  END IF;
  IF l.back THEN
    x := check_back(d, t, s, v_at, v_rights);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || x.breach;
    v_flags := v_flags || x.flags;
  END IF;

  -- The taxes and the total: one tax a line, rounded by rate, is worked out here.
  IF l.worked OR d ?| '{tax_method,exempt}' THEN
    x := check_taxes_worked(d, s, v_day, v_rights);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || CASE WHEN l.tax_moved AND NOT 'tax_moved' = ANY (x.breach) THEN 'tax_moved'::text || x.breach ELSE x.breach END;
  ELSE
    SELECT coalesce(bool_and(coalesce(i.code = e.code AND e.rate BETWEEN 0 AND 10000000
               AND e.tax = CASE s.tax_mode WHEN 'included' THEN round_div(i.amount * e.rate, 1000000 + e.rate)
                                           ELSE round_div(i.amount * e.rate, 1000000) END
               AND CASE s.tax_mode WHEN 'included' THEN e.gross = i.amount AND e.net = i.amount - e.tax
                                   ELSE e.net = i.amount AND e.gross = i.amount + e.tax END, false)), false)
             AND count(*) = count(DISTINCT i.code) AS summed,
           coalesce(bool_or(e.rate IS DISTINCT FROM tax_rate_on(e.code, v_day)), false) AS moved,
           sum(e.gross) AS gross
      INTO w
      FROM (SELECT tax AS code, sum(coalesce(net, amount)::numeric) AS amount
              FROM jsonb_to_recordset(d->'lines') AS k(tax text, amount bigint, net bigint) GROUP BY tax) i
      FULL JOIN jsonb_to_recordset(d->'taxes') AS e(code text, rate int, net bigint, tax bigint, gross bigint) ON e.code = i.code;
    IF NOT w.summed THEN RETURN ('taxes', '{}')::verdict; END IF;
    IF w.gross IS DISTINCT FROM v_total THEN RETURN ('total', '{}')::verdict; END IF;
    IF l.tax_moved OR w.moved OR s.tax_method <> 'by_rate' THEN
      v_breach := v_breach || 'tax_moved'::text;
    END IF;
  END IF;

  -- The tenders come to the total; change is cash, once, and last; only cash pays more than is due. What a sale gives back in
  -- money (its total is below zero) is tendered in negative amounts, without change.
  SELECT coalesce(bool_and(coalesce(
             k.n BETWEEN 1 AND 100 AND k.kind IN ('cash', 'card', 'gift_card', 'store_credit', 'voucher', 'mobile', 'cheque',
                                                  'account', 'points')
             AND k.amount <> 0 AND abs(k.amount) <= 9999999900000
             AND CASE WHEN v_total < 0 THEN k.amount < 0 AND k.change IS NULL
                      ELSE (k.amount > 0) = (k.change IS NULL) AND (k.change IS NULL OR (k.change = 1 AND k.kind = 'cash')) END,
             false)), true)
           AND count(DISTINCT k.n) = count(*) AND coalesce(max(k.n), 0) = count(*) AND count(k.change) <= 1
           AND coalesce(sum(k.amount), 0) = v_total + coalesce((d->>'rounding')::bigint, 0)
           AND coalesce(sum(abs(k.amount)) FILTER (WHERE k.kind <> 'cash'), 0) <= abs(v_total) AS summed,
         coalesce(bool_or(k.kind = 'card'), false) AS card,
         coalesce(bool_or(k.kind NOT IN ('cash', 'card')), false) AS other,
         coalesce(sum(k.amount) FILTER (WHERE k.kind <> 'cash'), 0) AS without_cash
    INTO p
    FROM jsonb_to_recordset(d->'tenders') AS k(n int, kind text, amount bigint, change int, ref text);
  IF NOT p.summed THEN RETURN ('tenders', '{}')::verdict; END IF;
  -- What is left after all other tenders is what cash comes to, and only that is rounded.
  IF d ? 'rounding' OR EXISTS (SELECT FROM cash_policy c WHERE c.store_id = s.id) THEN
    IF coalesce((d->>'rounding')::bigint, 0) <> cash_rounding((v_total - p.without_cash)::bigint, s.id, v_day) THEN
      v_breach := v_breach || 'rounding'::text;
    END IF;
  END IF;
  IF p.other OR l.loads THEN
    x := check_value(d, t, s, v_at, v_rights);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || x.breach;
    v_flags := v_flags || x.flags;
  END IF;
  IF d ?| '{customer,points}' OR l.back THEN
    x := check_customer(d, t, v_stands);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || x.breach;
    v_flags := v_flags || x.flags;
  END IF;
  IF l.watched AND (l.tied OR EXISTS (SELECT FROM restriction) OR EXISTS (SELECT FROM lowest_price)) THEN
    v_breach := v_breach || ARRAY(SELECT DISTINCT b.code FROM law_breaches(d->'lines', s, v_at) b ORDER BY b.code);
  END IF;
  IF l.min_age IS NOT NULL AND serves > v_day AND NOT coalesce('serve_under_age' = ANY (v_rights), false) THEN
    v_breach := v_breach || 'under_age'::text;
  END IF;
  IF (d->>'grand')::bigint <> t.grand + v_total THEN RETURN ('grand', '{}')::verdict; END IF;
  IF EXISTS (SELECT FROM sale WHERE store_id = t.store_id AND sale_id = (d->>'sale')::uuid) THEN
    IF NOT v_stands THEN RETURN ('already_sold', '{}')::verdict; END IF;
    v_breach := 'already_sold'::text || v_breach;
  END IF;

  IF v_breach <> '{}' AND NOT p.card AND NOT v_stands THEN
    RETURN (v_breach[1], '{}')::verdict;
  END IF;
  RETURN (NULL, v_breach || v_flags)::verdict;
END $$;
