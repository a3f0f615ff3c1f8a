-- Which conditions of the shop's own tables call for an alert now. Each row is {kind, store_id, till_id, subject, detail}.
CREATE OR REPLACE FUNCTION api.keeper_conditions() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  v_day date := (v_now AT TIME ZONE 'UTC')::date;
  v_limit jsonb := (SELECT jsonb_object_agg(kind, threshold) FROM alert_rule);
BEGIN
  RETURN (
    WITH known AS (
      SELECT t.id, t.store_id, t.epoch, t.next_no, t.head, greatest(t.seen_at, b.seen_at) AS seen_at,
             b.pending, b.pending_since, b.offset_ms
        FROM till t LEFT JOIN till_beat b ON b.till_id = t.id WHERE NOT t.blocked
    ), found AS (
      SELECT 'till_unposted' AS kind, k.store_id, k.id AS till_id, '' AS subject,
             jsonb_build_object('pending', k.pending, 'seconds', extract(epoch FROM v_now - k.pending_since)::bigint) AS detail
        FROM known k WHERE k.pending_since < v_now - (v_limit->>'till_unposted')::numeric * interval '1 second'
      UNION ALL
      SELECT 'till_not_seen', k.store_id, k.id, '',
             jsonb_build_object('seconds', extract(epoch FROM v_now - k.seen_at)::bigint)
        FROM known k
       WHERE k.seen_at < v_now - (v_limit->>'till_not_seen')::numeric * interval '1 second'
         AND EXISTS (SELECT FROM shift h WHERE h.till_id = k.id AND h.store_id = k.store_id AND h.closed_at IS NULL)
      UNION ALL
      SELECT 'till_clock', k.store_id, k.id, '', jsonb_build_object('offset_ms', k.offset_ms)
        FROM known k WHERE abs(k.offset_ms) > (v_limit->>'till_clock')::numeric * 1000
      UNION ALL
      SELECT 'chain_broken', k.store_id, k.id, 'head', jsonb_build_object('no', k.next_no - 1)
        FROM known k LEFT JOIN document d
          ON d.store_id = k.store_id AND d.till_id = k.id AND d.epoch = k.epoch AND d.no = k.next_no - 1
       WHERE k.next_no > 1 AND d.hash IS DISTINCT FROM k.head
      UNION ALL
      SELECT 'pin_misses', t.store_id, t.id, '', jsonb_build_object('misses', c.misses, 'today', c.today)
        FROM sign_in_count c JOIN till t ON t.id = c.number
       WHERE c.who = 'till' AND c.counted_on = v_day AND c.misses > (v_limit->>'pin_misses')::numeric
      UNION ALL
      SELECT 'pin_misses', w.store_id, NULL, format('staff %s', p.number),
             jsonb_build_object('misses', c.misses, 'today', c.today, 'staff', p.number)
        FROM sign_in_count c JOIN staff p ON p.number = c.number JOIN staff_store w ON w.staff = p.number
       WHERE c.who = 'staff' AND c.counted_on = v_day AND c.misses > (v_limit->>'pin_misses')::numeric
      UNION ALL
      SELECT CASE WHEN f.kind = 'rejected_id_reused' THEN 'id_reused'
                  WHEN f.kind IN ('rejected_chain', 'rejected_number', 'rejected_hash', 'rejected_epoch', 'epoch_not_allowed')
                    THEN 'chain_broken'
                  WHEN f.kind = 'pin_guessing' THEN 'pin_misses'
                  WHEN f.kind = 'guard_off' THEN 'guard_off'
                  WHEN f.kind LIKE 'rejected\_%' THEN 'document_rejected'
                  ELSE 'flag_alarm' END AS kind,
             f.store_id, f.till_id, f.kind,
             jsonb_strip_nulls(jsonb_build_object('flags', count(*), 'why', regexp_replace(f.kind, '^rejected_', ''),
                                                  'document', max(f.document_id::text), 'misses', max(f.detail->>'misses')))
        FROM flag f WHERE f.alarm AND f.seen_at IS NULL
       GROUP BY f.kind, f.store_id, f.till_id
    )
    SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM found);
END $$;
COMMENT ON FUNCTION api.keeper_conditions() IS 'What is wrong now by the shop''s own tables, for the keeper''s alerts.';
GRANT EXECUTE ON FUNCTION api.keeper_conditions() TO pos_keeper;
