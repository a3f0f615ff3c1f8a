-- What most items do not have, for the item's card and a till's own copy alike: a key for each thing, absent where there
-- is nothing to say. groups: what promotions may name. prices: those beside the ordinary one. In PL/pgSQL, which keeps its
-- plans: a copy of the catalogue asks a million times.
CREATE OR REPLACE FUNCTION pos.item_extra(i pos.item, store bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v jsonb := jsonb_build_object('groups', pos.item_groups(i.category_id, i.supplier_id));
BEGIN
  IF i.watched THEN
    v := v || jsonb_strip_nulls(jsonb_build_object('strength', (i.strength * 100)::int, 'volume', (i.volume * 1000)::bigint,
           'deposit', i.deposit_id, 'deposit_count', CASE WHEN i.deposit_id IS NOT NULL THEN i.deposit_count END,
           'single', i.single_id, 'pack', i.pack_count, 'returnable', CASE WHEN i.returnable THEN 1 END));
  END IF;
  IF EXISTS (SELECT FROM pos.special_price x WHERE x.item_id = i.id AND x.ended_at IS NULL) THEN
    v := v || jsonb_strip_nulls(jsonb_build_object('prices', (
      SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('v', x.id, 'p', x.amount, 'level', nullif(x.level, ''),
               'store', (SELECT s.number FROM pos.store s WHERE s.id = x.store_id), 'least', nullif(x.least, 0)))
             || pos.when_fields(x.starts, x.ends, x.weekdays, x.since, x.until) ORDER BY x.id)
        FROM pos.special_price x
       WHERE x.item_id = i.id AND x.ended_at IS NULL AND (x.store_id IS NULL OR x.store_id = item_extra.store)
         AND coalesce(x.ends >= current_date - 1, true))));
  END IF;
  IF EXISTS (SELECT FROM pos.tax_part p WHERE p.tax = i.tax) THEN
    v := v || jsonb_build_object('taxes', pos.composite_taxes(i.tax, (
           SELECT (now() AT TIME ZONE s.time_zone)::date FROM pos.store s WHERE s.id = item_extra.store)));
  END IF;
  IF i.holds IS NOT NULL THEN
    v := v || jsonb_build_object('holds', i.holds);
  END IF;
  RETURN v;
END $$;
