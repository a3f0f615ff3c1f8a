-- Whether goods of a restriction may not be sold in a store at a time of its clock; domain/sale_hours.py likewise. The
-- store's own rows stand in place of those for all stores, those naming a date in place of the weekday's; a night belongs
-- to the evening it began.
CREATE OR REPLACE FUNCTION pos.shut(rule bigint, store bigint, clock timestamp) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT v.day, h.since, h.until, h.weekdays, v.day = ANY (h.dates) AS named,
             bool_or(v.day = ANY (h.dates)) OVER (PARTITION BY v.day) AS special
        FROM (VALUES (shut.clock::date), (shut.clock::date - 1)) AS v(day)
        JOIN restriction_hours h
          ON h.restriction_id = shut.rule
         AND h.store_id IS NOT DISTINCT FROM (SELECT max(o.store_id) FROM restriction_hours o
                                               WHERE o.restriction_id = shut.rule AND o.store_id = shut.store)) x
     WHERE CASE WHEN x.special THEN x.named ELSE extract(isodow FROM x.day)::int = ANY (x.weekdays) END
       AND shut.clock >= x.day + x.since
       AND shut.clock < x.day + x.until + CASE WHEN x.until <= x.since THEN interval '1 day' ELSE interval '0' END)
$$;
