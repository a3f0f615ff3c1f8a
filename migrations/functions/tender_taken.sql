-- Whether a store takes this way of paying.
CREATE OR REPLACE FUNCTION pos.tender_taken(store bigint, kind text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce((SELECT coalesce(x.taken, k.taken)
                     FROM tender_kind k LEFT JOIN store_tender x ON x.kind = k.kind AND x.store_id = tender_taken.store
                    WHERE k.kind = tender_taken.kind), false)
$$;
