-- What the law has against the lines of a sale at a time, by line: hours, limit, lowest_price, deposit, pack. Lines as in
-- a document. What comes back breaks no hours and no limit. domain/law.py says the same at the till.
CREATE OR REPLACE FUNCTION pos.law_breaches(lines jsonb, s pos.store, at timestamptz) RETURNS TABLE (n int, code text)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH line AS MATERIALIZED (
    SELECT l.n, l.qty, coalesce(l.net, l.amount) AS net, coalesce(l.deposit_for, 0) AS deposit_for,
           coalesce(l.flags, '[]') AS flags, coalesce(l.single, 0) AS single, coalesce(l.pack, 0) AS pack,
           CASE WHEN l.back ? 'document' THEN coalesce(k.item_id, 0) ELSE coalesce(i.single_id, 0) END AS its_single,
           CASE WHEN l.back ? 'document' THEN coalesce(k.pack, 0) ELSE coalesce(i.pack_count, 0) END AS its_pack,
           i.id, i.category_id, i.strength, i.volume, i.unit, i.returnable, i.deposit_id, i.deposit_count,
           i.pack_count
      FROM jsonb_to_recordset(law_breaches.lines) AS l(n int, item bigint, qty bigint, amount bigint, net bigint, deposit_for int,
                                                       flags jsonb, single bigint, pack int, back jsonb)
      JOIN item i ON i.id = l.item
      LEFT JOIN case_line k ON k.document_id = (l.back->>'document')::uuid AND k.n = (l.back->>'line')::int
  ), ruled AS (
    SELECT line.n, r.id, r.most, sum(line.qty * coalesce(line.pack_count, 1)) OVER (PARTITION BY r.id) / 1000.0 AS held
      FROM line
      JOIN restriction r ON line.qty > 0 AND (line.id = ANY (r.items) OR line.category_id = ANY (r.categories)
                                              OR (line.strength > 0 AND r.strength <= line.strength))
  ), law AS (
    SELECT p.rate FROM lowest_price p
     WHERE p.valid_from <= (law_breaches.at AT TIME ZONE (law_breaches.s).time_zone)::date
       AND p.store_id IS NOT DISTINCT FROM (SELECT max(o.store_id) FROM lowest_price o WHERE o.store_id = (law_breaches.s).id)
     ORDER BY p.valid_from DESC LIMIT 1
  )
  SELECT ruled.n, 'hours' FROM ruled
   WHERE ruled.id IN (SELECT r.id FROM restriction r
                       WHERE shut(r.id, (law_breaches.s).id, law_breaches.at AT TIME ZONE (law_breaches.s).time_zone))
  UNION ALL
  SELECT ruled.n, 'limit' FROM ruled WHERE ruled.held > ruled.most
  UNION ALL
  SELECT line.n, 'lowest_price' FROM line, law
   WHERE line.qty > 0 AND line.strength > 0
     AND line.net < CASE line.unit
           WHEN 'each' THEN ceil(coalesce(line.volume, 0) * line.strength * law.rate / 100) * (line.qty / 1000)
           ELSE ceil(coalesce(line.volume, CASE line.unit WHEN 'l' THEN 1 ELSE 0 END) * line.strength * law.rate * line.qty / 100000)
         END
  UNION ALL
  SELECT line.n, 'deposit' FROM line
   WHERE line.deposit_for > 0 AND line.qty > 0 AND NOT EXISTS (
           SELECT FROM line g WHERE g.n = line.deposit_for AND g.deposit_id = line.id AND line.qty = g.qty * g.deposit_count)
      OR line.returnable AND line.deposit_for = 0 AND NOT line.flags ?| '{empties,back}'
      OR line.deposit_id IS NOT NULL AND line.qty > 0 AND NOT EXISTS (SELECT FROM line g WHERE g.deposit_for = line.n)
      OR line.flags ? 'empties' AND NOT line.returnable
  UNION ALL
  SELECT line.n, 'pack' FROM line
   WHERE (line.single, line.pack) <> (line.its_single, line.its_pack)
$$;
