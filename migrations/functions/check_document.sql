-- Who, in which shift, and then by kind: is what the document says true and allowed?
-- Arithmetic that is wrong is refused always. A breach of a rule is refused too, unless money has already
-- changed hands for good (a card, or a sale made while the server was away): then it is booked and flagged.
DROP FUNCTION IF EXISTS pos.check_document(jsonb, pos.till, pos.store, pos.shift, timestamptz);
CREATE OR REPLACE FUNCTION pos.check_document(d jsonb, body text, t pos.till, s pos.store, h pos.shift, at timestamptz) RETURNS pos.verdict
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE
  v_kind   text := d->>'kind';
  v_who    int := (d->>'cashier')::int;
  v_rights text[];
  v_serves date;
  v_here   boolean;
  v        verdict;
BEGIN
  IF v_who IS NULL OR d->>'shift' IS NULL OR d->>'grand' IS NULL
     OR d->>'at' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$' OR jsonb_typeof(d->'flags') IS DISTINCT FROM 'array' THEN
    RETURN ('malformed', '{}')::verdict;
  END IF;
  -- Whole numbers and text only, each where it belongs: a "12" that passes for 12 would differ from its own rows.
  IF NOT whole_values(d, body)
     OR d @? '$ ? (@.v.type() != "number" || @.store.type() != "number" || @.till.type() != "number"
                || @.epoch.type() != "number" || @.no.type() != "number" || @.grand.type() != "number"
                || @.cashier.type() != "number" || @.offset_ms.type() != "number" || @.flags[*].type() != "string"
                || @.total.type() != "number" || @.rounding.type() != "number" || @.amount.type() != "number" || @.reason.type() != "string"
                || @.float.type() != "number" || @.drawer.type() != "number" || @.z.type() != "number"
                || @.counted[*][*].type() != "number" || @.counts[*][*].type() != "number" || @.blind.type() != "number"
                || @.expected.type() != "number" || @.over_short.type() != "number" || @.rounding.type() != "number"
                || @.customer.type() != "number" || @.began.type() != "string")' THEN
    RETURN ('malformed', '{}')::verdict;
  END IF;
  IF d ? 'training' THEN  -- practice never leaves its till; nothing may pass for it here
    RETURN ('training', '{}')::verdict;
  END IF;
  SELECT array_agg(rp.permission), max(p.serves_from),
         bool_or(EXISTS (SELECT FROM session x WHERE x.till_id = t.id AND x.staff = v_who AND x.until > check_document.at))
    INTO v_rights, v_serves, v_here
    FROM staff p JOIN staff_store w ON w.staff = p.number AND w.store_id = t.store_id
    JOIN role_permission rp ON rp.role = p.role
   WHERE p.number = v_who AND p.active;

  IF v_kind IN ('sale', 'refund') THEN
    v := check_sale(d, t, s, h, v_rights, v_serves, check_document.at);
  ELSE
    v := check_other(d, t, s, h, v_rights);
  END IF;
  IF v.reason IS NULL AND v_rights IS NOT NULL AND NOT v_here AND NOT d->'flags' ?| '{offline,refilled}' THEN
    v.flags := v.flags || 'not_signed_in'::text;
  END IF;
  IF v.reason IS NULL AND h.single AND v_who <> h.opened_by AND v_kind IN ('sale', 'refund', 'cash', 'no_sale', 'account_payment') THEN
    v.flags := v.flags || 'other_cashier'::text;  -- whose own shift is over or short now?
  END IF;
  IF v.reason IS NULL AND d->'flags' ? 'refilled' THEN
    v.flags := v.flags || 'refilled'::text;
  ELSIF v.reason IS NULL AND d->'flags' ? 'offline' THEN
    v.flags := v.flags || 'offline'::text || offline_breaches(d, t, s);
  END IF;
  RETURN v;
END $$;
