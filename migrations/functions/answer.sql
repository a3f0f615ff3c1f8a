-- The answer a stored document got when it was first posted.
CREATE OR REPLACE FUNCTION pos.answer(k pos.document, t pos.till, replayed int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'outcome', k.outcome, 'reason', k.reason, 'flags', to_jsonb(k.flags), 'no', k.no,
    'head', encode(k.hash, 'hex'), 'server_at', utc_text(k.server_at), 'replayed', replayed))
$$;
