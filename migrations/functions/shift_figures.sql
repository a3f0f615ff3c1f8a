-- A shift's figures from the ledger: what an X shows and a Z must equal to the last penny.
CREATE OR REPLACE FUNCTION pos.shift_figures(h pos.shift, t pos.till) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH doc AS MATERIALIZED (
    SELECT id, kind, no, epoch, outcome FROM document WHERE shift_id = h.id AND till_id = h.till_id AND kind <> 'shift_close'
  ), sold AS MATERIALIZED (
    SELECT s.document_id, s.total, s.rounding, doc.kind FROM doc JOIN sale s ON s.document_id = doc.id
  ), paid AS (
    SELECT p.kind, count(*) FILTER (WHERE NOT p.change) AS n, sum(p.amount) AS amount
      FROM sold JOIN payment p ON p.document_id = sold.document_id GROUP BY p.kind
  ), taxed AS (
    SELECT x.tax, x.rate, sum(x.net) AS net, sum(x.amount) AS amount, sum(x.gross) AS gross
      FROM sold JOIN sale_tax x ON x.document_id = sold.document_id GROUP BY x.tax, x.rate
  ), moved AS (
    SELECT coalesce(sum(c.amount) FILTER (WHERE c.direction = 'float'), 0) AS floats,
           coalesce(sum(c.amount) FILTER (WHERE c.direction = 'pay_in'), 0) AS pay_in,
           coalesce(-sum(c.amount) FILTER (WHERE c.direction = 'pay_out'), 0) AS pay_out,
           coalesce(-sum(c.amount) FILTER (WHERE c.direction = 'drop'), 0) AS drops,
           coalesce(sum(c.amount), 0) AS net
      FROM doc JOIN cash_movement c ON c.document_id = doc.id
  ), seen AS (
    SELECT count(*) FILTER (WHERE e.name = 'no_sale') AS no_sales, count(*) FILTER (WHERE e.name = 'void') AS voids,
           count(*) FILTER (WHERE e.name = 'line_voided') AS line_voids,
           count(*) FILTER (WHERE e.name = 'age_refused') AS age_refusals
      FROM doc JOIN event e ON e.document_id = doc.id
  ), received AS (
    SELECT r.kind, count(*) AS n, sum(r.amount) AS amount FROM doc JOIN account_payment r ON r.document_id = doc.id GROUP BY r.kind
  ), off AS (
    SELECT sum(l.given) AS given, sum(l.discount) AS discount FROM sold JOIN sale_line l ON l.document_id = sold.document_id
  ), held AS (
    SELECT sum(l.amount) FILTER (WHERE x.goods IS NOT NULL) AS deposits, -sum(l.amount) FILTER (WHERE x.goods IS NULL) AS empties
      FROM sold JOIN deposit_line x ON x.document_id = sold.document_id
      JOIN sale_line l ON l.document_id = x.document_id AND l.n = x.n
  )
  SELECT jsonb_build_object(
    'sales', (SELECT count(*) FROM sold WHERE kind = 'sale'),
    'sales_total', (SELECT coalesce(sum(total), 0) FROM sold WHERE kind = 'sale'),
    'refunds', (SELECT count(*) FROM sold WHERE kind = 'refund'),
    'refunds_total', (SELECT coalesce(-sum(total), 0) FROM sold WHERE kind = 'refund'),
    'tenders', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'count', n, 'amount', amount) ORDER BY kind), '[]')
                  FROM paid),
    'taxes', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', tax, 'rate', rate, 'net', net, 'tax', amount, 'gross', gross)
                                        ORDER BY tax, rate), '[]') FROM taxed),
    'float', h.float + moved.floats, 'pay_in', moved.pay_in, 'pay_out', moved.pay_out, 'drops', moved.drops,
    'expected_cash', h.float + moved.net + (SELECT coalesce(sum(amount), 0) FROM paid WHERE kind = 'cash')
                     + (SELECT coalesce(sum(amount), 0) FROM received WHERE kind = 'cash'),
    'no_sales', seen.no_sales, 'voids', seen.voids, 'line_voids', seen.line_voids, 'age_refusals', seen.age_refusals,
    'refused', (SELECT count(*) FROM doc WHERE outcome = 'refused'),
    'first_no', (SELECT no FROM doc ORDER BY epoch, no LIMIT 1),
    'last_no', (SELECT no FROM doc ORDER BY epoch DESC, no DESC LIMIT 1),
    'grand', t.grand) || jsonb_strip_nulls(jsonb_build_object(  -- what there was none of is left out
      'received', (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'count', n, 'amount', amount) ORDER BY kind) FROM received),
      'rounding', nullif((SELECT sum(rounding) FROM sold), 0),
      'loaded', nullif((SELECT sum(e.amount) FROM sold JOIN account_entry e ON e.document_id = sold.document_id
                         WHERE e.source = 'line'), 0),
      'promotions', nullif(off.given, 0), 'discounts', nullif(off.discount, 0),
      'deposits', nullif(held.deposits, 0), 'empties', nullif(held.empties, 0)))
  FROM moved, seen, off, held
$$;
