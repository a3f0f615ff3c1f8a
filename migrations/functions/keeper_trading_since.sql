-- When the shop's first till was enrolled: from then on there is something to back up.
CREATE OR REPLACE FUNCTION api.keeper_trading_since() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp
  AS $$ SELECT utc_text(min(t.enrolled_at)) FROM till t $$;
COMMENT ON FUNCTION api.keeper_trading_since() IS 'When the first till was enrolled.';
GRANT EXECUTE ON FUNCTION api.keeper_trading_since() TO pos_keeper;
