-- What no program may forget: the books only grow, every item has its stock row, every catalogue change its number.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % refused: it only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION refuse_change() IS 'Stands before UPDATE, DELETE and TRUNCATE of everything that only grows.';

-- A document's answer is complete only when the stock rows are locked, last of all: its own transaction may
-- still turn booked into flagged. Nothing else, and nobody after commit.
CREATE FUNCTION complete_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.xid = pg_current_xact_id() AND NEW.outcome = 'flagged' AND OLD.outcome IN ('booked', 'flagged')
     AND to_jsonb(NEW) - '{outcome,flags}'::text[] = to_jsonb(OLD) - '{outcome,flags}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'UPDATE of document refused: it only grows' USING ERRCODE = 'restrict_violation';
END $$;

-- A shift is closed once; an open one changes in nothing else.
CREATE FUNCTION close_shift_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL
     OR (NEW.id, NEW.store_id, NEW.drawer_id, NEW.till_id, NEW.business_date, NEW.opened_by, NEW.opened_at, NEW.float)
        IS DISTINCT FROM
        (OLD.id, OLD.store_id, OLD.drawer_id, OLD.till_id, OLD.business_date, OLD.opened_by, OLD.opened_at, OLD.float) THEN
    RAISE EXCEPTION 'UPDATE of shift refused: it is closed once and changed in nothing else'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sale', 'sale_line', 'sale_tax', 'payment', 'cash_movement', 'event', 'movement', 'price', 'audit',
                           'change'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['document', 'shift', 'item', 'stock', 'flag', 'till', 'store', 'staff'] LOOP
    EXECUTE format('CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', t);
  END LOOP;
END $$;
CREATE TRIGGER complete_document BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION complete_document();
CREATE TRIGGER close_shift_once BEFORE UPDATE ON shift FOR EACH ROW EXECUTE FUNCTION close_shift_once();

-- A till that switches durability off loses its sales at the next power cut. This is the last thing before commit.
CREATE FUNCTION force_durable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('synchronous_commit') IN ('off', 'local') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER force_durable AFTER INSERT ON document DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION force_durable();

-- ---------------------------------------------------------------- a stock row for every store and item

CREATE FUNCTION stock_new_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO stock (store_id, item_id) SELECT s.id, i.id FROM store s, added i;
  RETURN NULL;
END $$;
CREATE FUNCTION stock_new_stores() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  INSERT INTO stock (store_id, item_id) SELECT s.id, i.id FROM added s, item i;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_new_items AFTER INSERT ON item REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION stock_new_items();
CREATE TRIGGER stock_new_stores AFTER INSERT ON store REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION stock_new_stores();

CREATE FUNCTION count_row_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.row_version := OLD.row_version + 1;
  NEW.changed_at := now();
  NEW.changed_by := session_user;
  RETURN NEW;
END $$;
CREATE TRIGGER count_row_version BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_row_version();

-- ---------------------------------------------------------------- numbered changes

CREATE FUNCTION lock_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM FROM change_counter FOR UPDATE;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION lock_changes() IS 'Takes the change counter before any catalogue row, so that two writers queue and never deadlock.';

CREATE FUNCTION number_change(changed bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  UPDATE change_counter SET last = last + 1 RETURNING last INTO v_n;
  INSERT INTO change (n, items) VALUES (v_n, CASE WHEN cardinality(changed) BETWEEN 1 AND 500 THEN changed END);
  PERFORM pg_notify('pos_change', v_n::text);
END $$;
COMMENT ON FUNCTION number_change(bigint[]) IS 'Gives a catalogue change its number and hints the tills; the lock it holds to commit keeps numbers in commit order.';

CREATE FUNCTION number_item_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE v_ids bigint[];
BEGIN
  IF TG_TABLE_NAME = 'item' THEN
    SELECT array_agg(c.id) INTO v_ids FROM (SELECT id FROM changed LIMIT 501) c;
  ELSE
    SELECT array_agg(DISTINCT c.item_id) INTO v_ids FROM (SELECT item_id FROM changed LIMIT 501) c;
  END IF;
  IF v_ids IS NOT NULL THEN
    PERFORM number_change(v_ids);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION number_shop_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
BEGIN
  PERFORM number_change(NULL);
  RETURN NULL;
END $$;

DO $$
DECLARE t text; op text;
BEGIN
  FOREACH t IN ARRAY ARRAY['item', 'item_code', 'price', 'tax_rate', 'category', 'tile'] LOOP
    EXECUTE format('CREATE TRIGGER lock_changes BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION lock_changes()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['item', 'item_code', 'price'] LOOP
    FOREACH op IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
      EXECUTE format('CREATE TRIGGER number_%s AFTER %s ON %I REFERENCING %s TABLE AS changed FOR EACH STATEMENT '
                     'EXECUTE FUNCTION number_item_change()',
                     lower(op), op, t, CASE op WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END);
    END LOOP;
  END LOOP;
  FOREACH t IN ARRAY ARRAY['tax_rate', 'category', 'tile'] LOOP
    EXECUTE format('CREATE TRIGGER number_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT '
                   'EXECUTE FUNCTION number_shop_change()', t);
  END LOOP;
END $$;

-- ---------------------------------------------------------------- exact sums

-- numeric division rounds; this one is exact. A half goes away from zero, as in domain.money.divide_half_up.
CREATE FUNCTION round_div(numerator numeric, denominator numeric) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT (sign(numerator) * div(2 * abs(numerator) + denominator, 2 * denominator))::bigint $$;
COMMENT ON FUNCTION round_div(numeric, numeric) IS 'numerator / denominator as a whole number, a half rounded away from zero.';

CREATE TYPE verdict AS (reason text, flags text[]);
COMMENT ON TYPE verdict IS 'What a check of a document found: a reason to refuse it, or flags for the manager.';

-- ---------------------------------------------------------------- who reads

GRANT SELECT ON ALL TABLES IN SCHEMA pos TO pos_report;
REVOKE ALL ON staff_secret, sign_in_count, session FROM pos_report;
REVOKE SELECT ON store FROM pos_report;
GRANT SELECT (id, number, name, currency, tax_mode, time_zone, header, footer, legal, offline, made_at) ON store TO pos_report;

INSERT INTO role (name, title) VALUES ('cashier', 'Cashier'), ('supervisor', 'Supervisor'), ('manager', 'Manager');
INSERT INTO role_permission (role, permission)
  SELECT r, p FROM (VALUES
    ('cashier',    '{sell,sell_unknown,open_shift,close_shift,no_sale,x_report}'::text[]),
    ('supervisor', '{sell,sell_unknown,open_shift,close_shift,no_sale,x_report,void_sale,price_override}'),
    ('manager',    '{sell,sell_unknown,open_shift,close_shift,no_sale,x_report,void_sale,price_override,manage}')
  ) v(r, ps), unnest(ps) p;

RESET ROLE;
RESET search_path;
