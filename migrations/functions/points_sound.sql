-- Whether a sale's points are what its lines and its own rate make: earned for what was paid with anything but points,
-- taken back at the rate they were given at; nothing for deposits and empties. What was paid with points has to be whole
-- points at the shop's worth. The twin of domain.points.
CREATE OR REPLACE FUNCTION pos.points_sound(d jsonb, customer bigint, paid bigint, worth bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  WITH own AS (
    SELECT coalesce((d->'points'->>'rate')::bigint, 0) AS rate, coalesce((d->'points'->>'earned')::bigint, 0) AS earned,
           coalesce((d->'points'->>'spent')::bigint, 0) AS spent
  ), line AS (
    SELECT coalesce(l.net, l.amount) AS net,
           CASE WHEN l.back IS NULL THEN own.rate
                ELSE coalesce((SELECT e.rate FROM point_entry e
                                WHERE e.document_id = (l.back->>'document')::uuid AND e.customer = $2), 0) END AS rate
      FROM own, jsonb_to_recordset(d->'lines') AS l(net bigint, amount bigint, deposit_for int, flags jsonb, back jsonb)
     WHERE l.deposit_for IS NULL AND NOT l.flags ? 'empties'
  ), summed AS (
    SELECT coalesce(sum(net::numeric * rate), 0) AS given, coalesce(min(net), 0) AS least, coalesce(max(net), 0) AS most FROM line
  )
  SELECT own.rate >= 0
         AND own.earned = CASE WHEN s.least >= 0 AND paid >= 0 THEN greatest(s.given - paid::numeric * own.rate, 0)
                               WHEN s.most <= 0 AND paid <= 0 THEN least(s.given - paid::numeric * own.rate, 0)
                               ELSE s.given - paid::numeric * own.rate END
         AND CASE WHEN paid = 0 THEN own.spent = 0
                  ELSE worth > 0 AND own.spent::numeric * worth = paid::numeric * 1000000 AND own.spent % 1000000 = 0 END
    FROM own, summed s
$$;
