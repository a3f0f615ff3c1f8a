-- The one way into the books: a till's document, exactly as it wrote it, in one call and one transaction.
--
-- Every outcome is a returned value:
--   booked    done
--   flagged   done, and the manager is told why
--   refused   stored and numbered, without effect; reason says why
--   rejected  not stored: it does not follow this till's chain, or is not a document at all
-- An exception means trouble that passes (a lock, a lost server): the till posts the same document again.
--
-- stands says what is a fact at the till already, so that the answer may not undo it:
--   ''        nothing: judge it
--   offline   the till accepted it by itself while we were away: book it, and flag what is wrong with it
--   refilled  we booked it once and lost it with an old backup: likewise
--   refused   we refused it once and lost that: it has no effect again
--
-- A basket is a few lines, but the planner must guess that jsonb holds a hundred and would read whole tables of a
-- small shop: only index look-ups are left to it. So there is nothing to plan anew for each basket either, which
-- would double the cost of a connection's first six sales.
--
-- Locks, in the order of docs/locks.md: own till row; shift; the sales goods come back of; stock rows last, by item.
-- restore_named takes the change counter between them.
DROP FUNCTION IF EXISTS api.post_document(text, bytea);  -- as it was before a till could sell alone
CREATE OR REPLACE FUNCTION api.post_document(body text, hash bytea, stands text DEFAULT '') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s'
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  p_body ALIAS FOR $1;
  p_hash ALIAS FOR $2;
  p_stands ALIAS FOR $3;
  t       till;
  s       store;
  h       shift;
  d       jsonb;
  known   document;
  v_id    uuid;
  v_sale  uuid;
  v_shift uuid;
  v_at    timestamptz;
  v_now   timestamptz;
  v_kind  text;
  v_who   int;
  v_broken text;
  v_chained boolean := false;
  v       verdict;
  v_outcome text;
  v_short text[];
BEGIN
  SELECT * INTO t FROM till WHERE login = (session_user COLLATE "default") FOR UPDATE;  -- a name's own collation has no index
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'rejected', 'reason', 'unknown_till', 'flags', '[]'::jsonb, 'replayed', 0);
  END IF;
  v_now := date_trunc('milliseconds', clock_timestamp());
  PERFORM set_config('synchronous_commit', 'on', true);

  -- Hardly ever anything is written in here, so catching costs no transaction of its own.
  BEGIN
    IF octet_length(p_body) > 1000000 THEN  -- a thousand lines are a quarter of that
      RAISE EXCEPTION 'too long' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    d := p_body::jsonb;
    v_id := (d->>'id')::uuid;
    -- A new statement: it sees what the till's lock may have waited for.
    SELECT * INTO known FROM document WHERE id = v_id;
    IF FOUND THEN
      IF known.hash = p_hash AND known.body = p_body AND known.till_id = t.id THEN
        RETURN answer(known, t, 1);
      END IF;
      v_broken := 'id_reused';
    ELSE
      SELECT * INTO s FROM store WHERE id = t.store_id;
      v_broken := broken_link(d, p_body, p_hash, t, s.number);
    END IF;
    IF v_broken IS NULL THEN
      v_chained := true;
      v_kind := d->>'kind';
      v_who := (d->>'cashier')::int;
      v_at := (d->>'at')::timestamptz;
      v_shift := (d->>'shift')::uuid;
      v_sale := (d->>'sale')::uuid;
      IF p_stands IN ('offline', 'refilled') AND jsonb_typeof(d->'flags') = 'array' THEN
        d := jsonb_set(d, '{flags}', d->'flags' || to_jsonb(p_stands));
      END IF;
      SELECT * INTO h FROM shift WHERE id = v_shift AND till_id = t.id AND closed_at IS NULL;
      IF h.id IS NULL AND v_kind IN ('sale', 'refund', 'void', 'event', 'no_sale', 'cash', 'account_payment') AND stands_alone(d) THEN
        h := late_shift(d, t, s);
      END IF;
      IF d @? '$.lines[*].back' THEN  -- a statement of its own: the check sees what this may have waited for
        PERFORM lock_returned(d->'lines');
      END IF;
      v := check_document(d, p_body, t, s, h, v_now);
      IF (v.reason = 'no_item' OR (v.reason IS NULL AND v_kind IN ('shift_open', 'shift_close') AND 'unknown_cashier' = ANY (v.flags)))
         AND p_stands <> 'refused' AND stands_alone(d) AND restore_named(d) THEN
        v := check_document(d, p_body, t, s, h, v_now);
        IF v.reason IS NULL THEN
          v.flags := v.flags || 'restored'::text;
        END IF;
      END IF;
      IF p_stands = 'refused' AND v.reason IS DISTINCT FROM 'malformed' THEN
        v := ('refused_before', '{}')::verdict;
      END IF;
      IF v.reason IS NULL AND h.id <> v_shift THEN
        v_shift := h.id;
        v.flags := v.flags || 'late_shift'::text;
      END IF;
    END IF;
  EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    IF v_chained THEN
      v := ('malformed', '{}')::verdict;
    ELSE
      v_broken := 'malformed';
    END IF;
  END;
  IF v_broken IS NOT NULL THEN
    RETURN reject_document(v_id, v_broken, t, p_hash, v_now, p_body);
  END IF;

  v_outcome := CASE WHEN v.reason IS NOT NULL THEN 'refused' WHEN v.flags = '{}' THEN 'booked' ELSE 'flagged' END;
  INSERT INTO document (id, store_id, till_id, epoch, no, kind, sale_id, shift_id, cashier, prev, hash, body, outcome, reason,
                        flags, at, server_at)
  VALUES (v_id, t.store_id, t.id, t.epoch, t.next_no, CASE WHEN v_kind ~ '^[a-z_]{1,32}$' THEN v_kind ELSE 'unknown' END,
          v_sale, v_shift, coalesce(v_who, 0), t.head, p_hash, p_body, v_outcome, v.reason, v.flags,
          coalesce(v_at, v_now), v_now);

  IF v.reason IS NULL THEN
    IF d ? 'approvals' AND d->'approvals' <> '[]' THEN
      PERFORM spend_approvals(d, t, v_id);
    END IF;
    IF h.id = v_id THEN  -- nothing else was open: this late document opens its own shift
      INSERT INTO shift (id, store_id, drawer_id, till_id, business_date, opened_by, opened_at, float)
        VALUES (h.id, h.store_id, h.drawer_id, h.till_id, h.business_date, h.opened_by, v_now, 0);
    END IF;
    IF 'already_sold' = ANY (v.flags) THEN  -- made alone, though another till sold that basket: a sale of its own
      d := jsonb_set(d, '{sale}', to_jsonb(v_id));
    END IF;
    IF v_kind IN ('sale', 'refund') THEN
      v_short := book_sale(d, t, h, v_id, v_now);
      IF v_short IS NOT NULL THEN
        v.flags := v.flags || v_short;
        v_outcome := 'flagged';
        UPDATE document SET outcome = v_outcome, flags = v.flags WHERE id = v_id;
      END IF;
    ELSE
      PERFORM book_other(d, t, h, v_id, v_now);
    END IF;
  END IF;
  IF v_outcome <> 'booked' THEN
    INSERT INTO flag (store_id, till_id, document_id, kind, at, detail)
      SELECT t.store_id, t.id, v_id, k, v_now, jsonb_build_object('no', t.next_no, 'outcome', v_outcome)
        FROM unnest(CASE WHEN v_outcome = 'refused' THEN ARRAY['refused_' || v.reason] ELSE v.flags END) k;
  END IF;

  UPDATE till SET next_no = t.next_no + 1, head = p_hash, seen_at = v_now,
         grand = t.grand + CASE WHEN v_kind IN ('sale', 'refund') AND v_outcome <> 'refused' THEN (d->>'total')::bigint ELSE 0 END,
         z_next = t.z_next + CASE WHEN v_kind = 'shift_close' AND v_outcome <> 'refused' THEN 1 ELSE 0 END
   WHERE id = t.id;
  RETURN jsonb_strip_nulls(jsonb_build_object(
    'outcome', v_outcome, 'reason', v.reason, 'flags', to_jsonb(v.flags), 'no', t.next_no,
    'head', encode(p_hash, 'hex'), 'server_at', utc_text(v_now), 'replayed', 0));
END $$;

COMMENT ON FUNCTION api.post_document(text, bytea, text) IS
  'Books a till''s document: outcome booked, flagged, refused or rejected; the same document again returns the first answer.';
GRANT EXECUTE ON FUNCTION api.post_document(text, bytea, text) TO pos_till;
