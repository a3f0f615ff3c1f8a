-- What a till knows of its store's rules for customers: the part customers of api.shop_rules.
CREATE OR REPLACE FUNCTION pos.rules_customers(store bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT coalesce((SELECT jsonb_build_object('earn', r.earn, 'worth', r.worth, 'least', r.least, 'cards', to_jsonb(r.cards),
                                             'dial', r.dial)
                     FROM customer_rule r WHERE r.store_id = $1), '{}')
$$;
