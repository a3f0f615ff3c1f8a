-- Whether a promotion's offer is for an item: named by its id or by a group of it (its category, its supplier), and not
-- among those left out; goods that name nothing are all goods.
CREATE OR REPLACE FUNCTION pos.promotion_takes(offer jsonb, item bigint, groups text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT EXISTS (
    SELECT FROM jsonb_path_query(offer, '$.**.goods') g
     WHERE NOT coalesce(g->'but' @> to_jsonb(item), false)
       AND (coalesce(g->'items' @> to_jsonb(item), false) OR coalesce(g->'groups' ?| groups, false)
            OR (g->'items' IS NULL AND g->'groups' IS NULL)))
$$;
