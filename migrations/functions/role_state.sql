-- A role as managers see and change it: its permissions, and its limits by name (ppm, amount; absent: any).
CREATE OR REPLACE FUNCTION pos.role_state(role text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
    'title', r.title,
    'permissions', (SELECT coalesce(jsonb_agg(p.permission ORDER BY p.permission), '[]') FROM role_permission p WHERE p.role = r.name),
    'limits', (SELECT coalesce(jsonb_object_agg(l.what, jsonb_strip_nulls(jsonb_build_object('ppm', l.ppm, 'amount', l.amount))), '{}')
                 FROM role_limit l WHERE l.role = r.name))
    FROM role r WHERE r.name = $1
$$;
