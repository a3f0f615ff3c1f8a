-- Whether a price could have come from one of the shop's own scale labels: the code fits a pattern of this store, its price
-- digits are the amount, and its item digits name the item, as domain/scale_label.py reads them.
CREATE OR REPLACE FUNCTION pos.label_fits(code text, item bigint, amount bigint, store bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM code_pattern p
     CROSS JOIN LATERAL (
       SELECT CASE WHEN length($1) = length(p.pattern) THEN $1
                   WHEN length($1) = 12 AND length(p.pattern) = 13 THEN '0' || $1
                   WHEN length($1) = 13 AND length(p.pattern) = 12 AND $1 LIKE '0%' THEN substr($1, 2) END AS digits,
              substring(p.pattern FROM '^[0-9]+') AS prefix, substring(p.pattern FROM '^[0-9X]*(I+)') AS own,
              strpos(p.pattern, 'I') AS own_at, substring(p.pattern FROM 'P+') AS priced, strpos(p.pattern, 'P') AS priced_at) f
     CROSS JOIN LATERAL (
       SELECT substr(f.digits, f.own_at, length(f.own)) AS number,
              lpad(rpad(substr(f.digits, 1, f.own_at + length(f.own) - 1), length(p.pattern) - 1, '0'), 13, '0') AS payload) n
     WHERE (p.store_id IS NULL OR p.store_id = $4) AND f.digits ~ '^[0-9]{8,14}$' AND starts_with(f.digits, f.prefix)
       AND f.priced_at > 0 AND substr(f.digits, f.priced_at, length(f.priced))::bigint = $3
       AND EXISTS (SELECT FROM item_code c WHERE c.item_id = $2 AND c.code IN (
             n.number, ltrim(n.number, '0'),
             n.payload || ((10 - (SELECT sum(substr(n.payload, k, 1)::int * CASE k % 2 WHEN 1 THEN 3 ELSE 1 END)
                                    FROM generate_series(1, 13) k) % 10) % 10)::text)))
$$;
