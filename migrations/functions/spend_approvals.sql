-- An approval counts once: the document it allowed takes it. When another till spent it this very moment the document is
-- judged again, and it does not count.
CREATE OR REPLACE FUNCTION pos.spend_approvals(d jsonb, t pos.till, doc uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_ids uuid[];
  v_spent int;
BEGIN
  SELECT array_agg(DISTINCT a.id) INTO v_ids FROM approvals_of(d, t.store_id) a WHERE a.id IS NOT NULL;
  IF v_ids IS NULL THEN
    RETURN;
  END IF;
  PERFORM FROM approval WHERE id = ANY (v_ids) ORDER BY id FOR UPDATE;
  UPDATE approval SET document_id = doc WHERE id = ANY (v_ids) AND document_id IS NULL;
  GET DIAGNOSTICS v_spent = ROW_COUNT;
  IF v_spent <> cardinality(v_ids) THEN
    RAISE EXCEPTION 'an approval is being spent by another till' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;
