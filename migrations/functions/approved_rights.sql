-- The permissions that approvals in a document really carry: each by someone of this store who has it and who entered his
-- PIN at one of its tills today. What a till writes about others proves nothing by itself.
CREATE OR REPLACE FUNCTION pos.approved_rights(approvals jsonb, store bigint) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce(array_agg(a.what), '{}')
    FROM jsonb_to_recordset(approvals) AS a(what text, by int)
    JOIN staff p ON p.number = a.by AND p.active
    JOIN staff_store w ON w.staff = p.number AND w.store_id = store
    JOIN role_permission rp ON rp.role = p.role AND rp.permission = a.what
   WHERE EXISTS (SELECT FROM session x JOIN till t ON t.id = x.till_id AND t.store_id = store
                  WHERE x.staff = p.number AND x.until > clock_timestamp())
$$;
