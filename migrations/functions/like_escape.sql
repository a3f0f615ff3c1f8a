-- Text as LIKE takes it literally.
CREATE OR REPLACE FUNCTION pos.like_escape(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  AS $$ SELECT replace(replace(replace($1, '\', '\\'), '%', '\%'), '_', '\_') $$;
