-- One document with all that its paper needs, and the state of the chain at it: whether its bytes give its hash, whether
-- it follows the document before it (or begins its epoch), and whether the one after it follows.
CREATE OR REPLACE FUNCTION api.m_document(id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  d document;
  s store;
  v_till int;
  v_before bytea;
  v_next bytea;
BEGIN
  PERFORM manager_of_login();
  SELECT * INTO d FROM document x WHERE x.id = $1;
  SELECT * INTO s FROM store x WHERE x.id = d.store_id AND granted_store(x.number) IS NOT NULL;
  IF s.id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT number INTO v_till FROM till x WHERE x.id = d.till_id;
  SELECT x.hash INTO v_before FROM document x WHERE x.store_id = d.store_id AND x.till_id = d.till_id AND x.epoch = d.epoch AND x.no = d.no - 1;
  SELECT x.prev INTO v_next FROM document x WHERE x.store_id = d.store_id AND x.till_id = d.till_id AND x.epoch = d.epoch AND x.no = d.no + 1;
  IF d.no = 1 THEN
    v_before := sha256(convert_to(format('pos_desktop/1 store %s till %s epoch %s', s.number, v_till, d.epoch), 'UTF8'));
  END IF;
  RETURN jsonb_build_object(
    'id', d.id, 'store', s.number, 'till', v_till, 'epoch', d.epoch, 'no', d.no, 'kind', d.kind, 'outcome', d.outcome,
    'reason', d.reason, 'flags', d.flags, 'at', utc_text(d.at), 'server_at', utc_text(d.server_at), 'body', d.body,
    'head', encode(d.hash, 'hex'), 'whole', (d.hash = sha256(d.prev || convert_to(d.body, 'UTF8')))::int,
    'follows', coalesce(v_before = d.prev, false)::int, 'followed', (v_next = d.hash)::int,
    'names', (SELECT coalesce(jsonb_object_agg(p.number, p.name), '{}') FROM staff p
               WHERE p.number IN (d.cashier, (SELECT h.opened_by FROM shift h WHERE h.id = d.shift_id))),
    'shift', (SELECT jsonb_build_object('opened_by', h.opened_by, 'opened_at', utc_text(h.opened_at), 'drawer', w.number,
                                        'business_date', h.business_date)
                FROM shift h JOIN drawer w ON w.id = h.drawer_id WHERE h.id = d.shift_id),
    'reasons', (SELECT coalesce(jsonb_object_agg(r.kind || ' ' || r.code, r.text), '{}') FROM reason r),
    'shop', jsonb_build_object('name', s.name, 'currency', s.currency, 'time_zone', s.time_zone) || rules_papers(s.id));
END $$;
COMMENT ON FUNCTION api.m_document(uuid) IS 'One document of a granted store, byte for byte, with its paper''s facts and the state of its chain.';
GRANT EXECUTE ON FUNCTION api.m_document(uuid) TO pos_manager;
