-- What a till needs to start: who it is, its place in its chain, its open shift, and the shop around it.
-- epoch 0 says the till's journal is new: if this till has documents already and its owner allowed it (till replace, or a
-- new login), a new series begins, and the manager is told. Without that nothing changes: the till sees that its journal
-- does not fit and stops, and the manager is warned. Otherwise epoch is the journal's own, and the till compares.
CREATE OR REPLACE FUNCTION api.hello(program_version text, epoch int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  t till;
  s store;
BEGIN
  PERFORM till_of_login();
  SELECT * INTO t FROM till WHERE login = (session_user COLLATE "default") FOR UPDATE;
  SELECT * INTO s FROM store WHERE id = t.store_id;
  IF hello.epoch = 0 AND t.next_no > 1 AND NOT t.fresh THEN
    INSERT INTO flag (store_id, till_id, kind, alarm, detail)
      SELECT s.id, t.id, 'epoch_not_allowed', true, jsonb_build_object('epoch', t.epoch)
       WHERE NOT EXISTS (SELECT FROM flag f WHERE f.store_id = s.id AND f.till_id = t.id AND f.kind = 'epoch_not_allowed'
                            AND f.seen_at IS NULL);
  ELSIF hello.epoch = 0 AND t.next_no > 1 THEN
    t.epoch := t.epoch + 1;
    t.next_no := 1;
    t.grand := 0;
    t.head := sha256(convert_to(format('pos_desktop/1 store %s till %s epoch %s', s.number, t.number, t.epoch), 'UTF8'));
    INSERT INTO flag (store_id, till_id, kind, detail) VALUES (s.id, t.id, 'new_epoch', jsonb_build_object('epoch', t.epoch));
  END IF;
  UPDATE till SET fresh = false, epoch = t.epoch, next_no = t.next_no, grand = t.grand, head = t.head,
         program_version = left(hello.program_version, 40), seen_at = now() WHERE id = t.id;
  RETURN hello_answer(t, s);
END $$;
COMMENT ON FUNCTION api.hello(text, int) IS 'A till starts: its store, chain, shift, reasons, tiles and categories. epoch 0 begins a new series where one is allowed.';
GRANT EXECUTE ON FUNCTION api.hello(text, int) TO pos_till;
