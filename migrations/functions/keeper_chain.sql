-- Whether a till's chain still goes on from a head written down earlier: that document has that hash, and each one after
-- it (at most lim) follows the one before and has the hash of its bytes. Null when it does, else {no, why}.
-- why: missing, other_head, link, hash.
CREATE OR REPLACE FUNCTION api.keeper_chain(store int, till int, epoch int, no bigint, head text, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_till pos.till;
  d record;
  v_no bigint := keeper_chain.no;
  v_head bytea := decode(keeper_chain.head, 'hex');
  v_seen boolean := false;
BEGIN
  SELECT t.* INTO v_till FROM pos.till t JOIN pos.store s ON s.id = t.store_id
   WHERE s.number = keeper_chain.store AND t.number = keeper_chain.till;
  FOR d IN SELECT x.no, x.prev, x.hash, x.body FROM document x
            WHERE x.store_id = v_till.store_id AND x.till_id = v_till.id AND x.epoch = keeper_chain.epoch
              AND x.no >= keeper_chain.no ORDER BY x.no LIMIT keeper_chain.lim + 1 LOOP
    IF NOT v_seen THEN
      IF d.no <> v_no THEN
        RETURN jsonb_build_object('no', v_no, 'why', 'missing');
      ELSIF d.hash <> v_head THEN
        RETURN jsonb_build_object('no', v_no, 'why', 'other_head');
      END IF;
      v_seen := true;
    ELSIF d.no <> v_no + 1 THEN
      RETURN jsonb_build_object('no', v_no + 1, 'why', 'missing');
    ELSIF d.prev <> v_head THEN
      RETURN jsonb_build_object('no', d.no, 'why', 'link');
    END IF;
    IF d.hash <> sha256(d.prev || convert_to(d.body, 'UTF8')) THEN
      RETURN jsonb_build_object('no', d.no, 'why', 'hash');
    END IF;
    v_no := d.no;
    v_head := d.hash;
  END LOOP;
  RETURN CASE WHEN NOT v_seen THEN jsonb_build_object('no', v_no, 'why', 'missing') END;
END $$;
COMMENT ON FUNCTION api.keeper_chain(int, int, int, bigint, text, int) IS 'Recomputes a till''s chain from a head written down outside the database.';
GRANT EXECUTE ON FUNCTION api.keeper_chain(int, int, int, bigint, text, int) TO pos_keeper;
