-- The ways of paying a store takes, in the order of their keys, and the items whose lines load a card or an account.
CREATE OR REPLACE FUNCTION pos.rules_tenders(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'kinds', (SELECT coalesce(jsonb_agg(k.kind ORDER BY k.position), '[]') FROM tender_kind k
               WHERE tender_taken(rules_tenders.store, k.kind)),
    'holds', (SELECT coalesce(jsonb_object_agg(i.holds, i.id), '{}') FROM item i WHERE i.holds IS NOT NULL AND NOT i.blocked))
$$;
