-- A code nobody guesses: GC or SC and twelve characters that cannot be taken for each other (60 random bits).
CREATE OR REPLACE FUNCTION pos.account_code(kind text) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pos, pg_temp AS $$
  SELECT CASE account_code.kind WHEN 'gift_card' THEN 'GC' WHEN 'store_credit' THEN 'SC' ELSE 'VC' END
         || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(r.bytes, b) & 31) + 1, 1), '' ORDER BY b)
    FROM (SELECT uuid_send(gen_random_uuid()) AS bytes) r, unnest(ARRAY[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) b
$$;
