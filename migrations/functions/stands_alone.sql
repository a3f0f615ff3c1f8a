-- Whether goods and money have changed hands, or will, whatever the server answers: the till sold alone, it may accept
-- the sale alone when the answer does not come, or the server had booked it once and lost it.
CREATE OR REPLACE FUNCTION pos.stands_alone(d jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT d->'flags' ?| '{offline,stands,refilled}' $$;
