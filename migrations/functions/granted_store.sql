-- The id of a store this manager may see and change, by its number; empty when it is not granted.
CREATE OR REPLACE FUNCTION pos.granted_store(store int) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT s.id FROM store s JOIN manager_store g ON g.store_id = s.id JOIN manager m ON m.login = g.login
   WHERE s.number = $1 AND m.login = session_user AND m.ended_at IS NULL
$$;
