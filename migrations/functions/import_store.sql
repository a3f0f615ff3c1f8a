-- Whoever imports: a member of the owner, or a manager who was granted every store, since prices that come in
-- are for all stores. Gives the store the opening stock is for; 0 asks for the first one.
CREATE OR REPLACE FUNCTION pos.import_store(store_number int) RETURNS pos.store
LANGUAGE plpgsql STABLE SET search_path = pos, pg_temp AS $$
DECLARE s store;
BEGIN
  IF NOT pg_has_role(session_user, 'pos_owner', 'MEMBER')
     AND (NOT EXISTS (SELECT FROM manager m WHERE m.login = session_user AND m.ended_at IS NULL)
          OR EXISTS (SELECT FROM store x WHERE NOT EXISTS (
               SELECT FROM manager_store g WHERE g.login = session_user AND g.store_id = x.id))) THEN
    RAISE EXCEPTION 'importing items needs a manager of every store' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO s FROM store x WHERE x.number = store_number OR store_number = 0 ORDER BY x.number LIMIT 1;
  RETURN s;
END $$;
