-- What a till learns of the one customer it serves: no phone number but its end, no card code. ``account`` is what may
-- be charged to the house account.
CREATE OR REPLACE FUNCTION pos.customer_card(customer bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
           'number', c.number, 'name', c.name, 'phone_end', right(c.phone, 3), 'points', p.points, 'consent', c.consent::int,
           'tax_number', nullif(c.tax_number, ''), 'certificate', nullif(c.certificate, ''),
           'certificate_codes', to_jsonb(c.certificate_codes), 'certificate_until', c.certificate_until,
           'groups', (SELECT coalesce(jsonb_agg(jsonb_build_array(g.code, g.name) ORDER BY g.code), '[]')
                        FROM customer_in_group i JOIN customer_group g ON g.code = i.grp WHERE i.customer = c.number),
           'account', CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'limit', -a.floor, 'owed', -a.balance,
                                                                          'blocked', a.blocked::int) END))
    FROM customer c JOIN customer_purse p ON p.customer = c.number LEFT JOIN account a ON a.id = c.account
   WHERE c.number = $1 AND c.erased_at IS NULL
$$;
