-- What an array of {amount} comes to, minor units. Asked only where there is one: a call for each plain line cost 0.2 ms a sale.
CREATE OR REPLACE FUNCTION pos.taken_off(parts jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE
  AS $$ SELECT coalesce(sum((x->>'amount')::bigint), 0)::bigint FROM jsonb_array_elements(parts) x $$;
