-- The value of [[denomination, pieces], ...] in minor units; empty when it is not that.
CREATE OR REPLACE FUNCTION pos.counted_sum(counts jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pos, pg_temp AS $$
  SELECT CASE WHEN jsonb_typeof(counts) = 'array' AND coalesce(bool_and(
                jsonb_typeof(c) = 'array' AND jsonb_array_length(c) = 2 AND (c->>0)::bigint BETWEEN 1 AND 100000000
                AND (c->>1)::bigint BETWEEN 0 AND 9999), true)
              THEN coalesce(sum((c->>0)::bigint * (c->>1)::bigint), 0)::bigint END
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(counts) = 'array' THEN counts ELSE '[]' END) c
$$;
