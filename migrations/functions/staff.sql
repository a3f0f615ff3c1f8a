-- The people of this till's store, with the public salt their PIN is computed with. Never a hash.
CREATE OR REPLACE VIEW api.staff WITH (security_barrier) AS
  SELECT p.number, p.name, p.role, encode(x.salt, 'hex') AS salt
    FROM pos.till t
    JOIN pos.staff_store w ON w.store_id = t.store_id
    JOIN pos.staff p ON p.number = w.staff AND p.active
    JOIN pos.staff_secret x ON x.staff = p.number
   WHERE t.login = (session_user COLLATE "default") AND NOT t.blocked AND t.claimed;
COMMENT ON VIEW api.staff IS 'Who may sign in at this till.';
GRANT SELECT ON api.staff TO pos_till;
