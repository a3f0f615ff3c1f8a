-- A customer as managers see and change one; null when there is none, or the person was erased.
CREATE OR REPLACE FUNCTION pos.customer_state(customer bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pos, pg_temp AS $$
  SELECT jsonb_build_object(
           'number', c.number, 'row_version', c.row_version, 'name', c.name, 'search', c.search, 'phone', coalesce(c.phone, ''),
           'card', coalesce(c.card, ''), 'consent', c.consent::int, 'points', p.points, 'limit', -a.floor, 'owed', -a.balance,
           'tax_number', c.tax_number, 'certificate', c.certificate, 'certificate_codes', to_jsonb(c.certificate_codes),
           'certificate_until', coalesce(c.certificate_until::text, ''), 'made_at', utc_text(c.made_at),
           'groups', (SELECT coalesce(jsonb_agg(i.grp ORDER BY i.grp), '[]') FROM customer_in_group i WHERE i.customer = c.number))
    FROM customer c JOIN customer_purse p ON p.customer = c.number LEFT JOIN account a ON a.id = c.account
   WHERE c.number = $1 AND c.erased_at IS NULL
$$;
