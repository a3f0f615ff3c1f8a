-- Why a document does not follow this till's chain; empty when it does.
CREATE OR REPLACE FUNCTION pos.broken_link(d jsonb, body text, hash bytea, t pos.till, store int) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN jsonb_typeof(d) IS DISTINCT FROM 'object' OR d->>'id' IS NULL THEN 'malformed'
    WHEN t.blocked OR NOT t.claimed THEN 'till_blocked'
    WHEN (d->>'v')::int IS DISTINCT FROM 1 THEN 'version'
    WHEN (d->>'till')::int IS DISTINCT FROM t.number
      OR (d->>'store')::int IS DISTINCT FROM broken_link.store THEN 'other_till'
    WHEN (d->>'epoch')::int IS DISTINCT FROM t.epoch THEN 'epoch'
    WHEN (d->>'no')::bigint IS DISTINCT FROM t.next_no THEN 'number'
    WHEN d->>'prev' IS DISTINCT FROM encode(t.head, 'hex') THEN 'chain'
    WHEN hash IS DISTINCT FROM sha256(t.head || convert_to(body, 'UTF8')) THEN 'hash'
  END;
END $$;
