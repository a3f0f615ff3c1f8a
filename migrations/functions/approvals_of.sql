-- The approvals in a document that count: each by somebody active of this store who may do it, made at one of its tills for
-- exactly this, not expired and not spent. What a till writes about others proves nothing by itself: an approval names the
-- PIN entry that the server itself noted. One made while the server was away has none, and one that was lost with an old
-- backup is not known: these count for what stands anyway, when that person signed in there within twelve hours.
CREATE OR REPLACE FUNCTION pos.approvals_of(d jsonb, store bigint)
RETURNS TABLE (id uuid, what text, by int, role text, line int, was bigint, now bigint)
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT a.id, a.what, p.number, p.role, a.line, a.was, a.now
    FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(d->'approvals') = 'array' THEN d->'approvals' ELSE '[]' END)
           AS a(id uuid, what text, by int, line int, was bigint, now bigint)
    JOIN staff p ON p.number = a.by AND p.active
    JOIN staff_store w ON w.staff = p.number AND w.store_id = approvals_of.store
    JOIN role_permission rp ON rp.role = p.role AND rp.permission = a.what
   WHERE CASE WHEN a.id IS NOT NULL AND NOT d->'flags' ? 'refilled' THEN
           EXISTS (SELECT FROM approval x WHERE x.id = a.id AND x.store_id = approvals_of.store AND x.staff = a.by
                      AND x.what = a.what AND x.document_id IS NULL AND x.until > clock_timestamp())
         ELSE stands_alone(d) AND (d->'flags' ? 'refilled' OR (SELECT o.offline FROM store o WHERE o.id = approvals_of.store))
           AND EXISTS (SELECT FROM session x JOIN till t ON t.id = x.till_id AND t.store_id = approvals_of.store
                        WHERE x.staff = p.number AND x.until > clock_timestamp()) END
$$;
