-- Whether the manager that is logged in looks after every store: what is the whole shop's is changed by such a one.
CREATE OR REPLACE FUNCTION pos.every_store_granted() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM store s
                      WHERE NOT EXISTS (SELECT FROM manager_store g WHERE g.login = session_user AND g.store_id = s.id))
$$;
