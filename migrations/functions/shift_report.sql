-- The figures of a shift of this till so far: an X report, and what a Z must carry.
CREATE OR REPLACE FUNCTION api.shift_report(shift uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t till := till_of_login();
  h shift;
BEGIN
  SELECT x.* INTO h FROM shift x WHERE x.id = $1 AND x.till_id = t.id;
  RETURN CASE WHEN h.id IS NULL THEN NULL WHEN h.closed_at IS NOT NULL THEN h.figures ELSE shift_figures(h, t) END;
END $$;
COMMENT ON FUNCTION api.shift_report(uuid) IS 'The figures of one of this till''s shifts, or null when it is not its own.';
GRANT EXECUTE ON FUNCTION api.shift_report(uuid) TO pos_till;
