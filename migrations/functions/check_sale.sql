-- A sale's or a refund's content: lines, prices, what was taken off, taxes, tenders, grand total, and what the law and the
-- shop ask. Each part is a function of its own, and those of rare things are called only when the lines have them, so that
-- a plain sale pays for nothing it does not use. A part's reason refuses always; a breach refuses unless money has changed
-- hands for good (a card, or goods sold while the server was away): then the document is booked and flagged.
CREATE OR REPLACE FUNCTION pos.check_sale(d jsonb, t pos.till, s pos.store, h pos.shift, rights text[], at timestamptz)
RETURNS pos.verdict LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  l        line_facts;
  p        tender_facts;
  x        finding;
  v_stands boolean := stands_alone(d);
  v_at     timestamptz := at;
  v_rights text[] := rights;
  v_sold   boolean;
  v_breach text[] := '{}';
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
  IF jsonb_typeof(d->'approvals') = 'array' AND d->'approvals' <> '[]' THEN
    v_rights := v_rights || approved_rights(d, t);
  END IF;
  IF h.id IS NULL THEN RETURN ('no_shift', '{}')::verdict; END IF;
  IF d->>'currency' IS DISTINCT FROM s.currency OR d->>'tax_mode' IS DISTINCT FROM s.tax_mode OR d->>'sale' IS NULL
    THEN RETURN ('shop', '{}')::verdict; END IF;

  l := check_lines(d, t, v_at, v_stands);
  IF l.reason IS NOT NULL THEN RETURN (l.reason, '{}')::verdict; END IF;
  v_breach := l.breach || array_remove(ARRAY[
    CASE WHEN rights IS NULL THEN 'unknown_cashier' END,
    CASE WHEN rights IS NOT NULL AND (NOT 'sell' = ANY (v_rights) OR (l.typed_open AND NOT 'sell_unknown' = ANY (v_rights))
              OR (l.typed_over AND NOT 'price_override' = ANY (v_rights))) THEN 'no_permission' END,
    CASE WHEN l.blocked THEN 'blocked' END,
    CASE WHEN NOT age_checked(d->'checks', l.min_age) THEN 'age_unchecked' END], NULL);
  v_flags := l.flags;

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
  x := check_taxes(d, s, v_at, v_rights);
  IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
  v_breach := v_breach || CASE WHEN l.tax_moved AND NOT 'tax_moved' = ANY (x.breach) THEN 'tax_moved'::text || x.breach ELSE x.breach END;
  v_flags := v_flags || x.flags;
  p := check_tenders(d, t, s, v_at, v_rights);
  IF p.reason IS NOT NULL THEN RETURN (p.reason, '{}')::verdict; END IF;
  v_breach := v_breach || p.breach;
  v_flags := v_flags || p.flags;
  IF d ?| '{customer,points}' OR l.back THEN
    x := check_customer(d, t, v_stands);
    IF x.reason IS NOT NULL THEN RETURN (x.reason, '{}')::verdict; END IF;
    v_breach := v_breach || x.breach;
    v_flags := v_flags || x.flags;
  END IF;
  IF l.watched THEN
    x := check_law(d, t, s, v_at, v_rights);
    v_breach := v_breach || x.breach;
  END IF;
  IF (d->>'grand')::bigint <> t.grand + (d->>'total')::bigint THEN RETURN ('grand', '{}')::verdict; END IF;
  v_sold := EXISTS (SELECT FROM sale WHERE store_id = t.store_id AND sale_id = (d->>'sale')::uuid);
  IF v_sold AND NOT v_stands THEN RETURN ('already_sold', '{}')::verdict; END IF;
  IF v_sold THEN
    v_breach := 'already_sold'::text || v_breach;
  END IF;

  IF cardinality(v_breach) > 0 AND NOT p.final AND NOT v_stands THEN
    RETURN (v_breach[1], '{}')::verdict;
  END IF;
  RETURN (NULL, v_breach || v_flags)::verdict;
END $$;
