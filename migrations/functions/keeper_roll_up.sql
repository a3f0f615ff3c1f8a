-- Adds what was sold since the last time to the summaries, at most lim documents of each till and epoch; returns how many
-- there were. A till's documents become visible in the order of their numbers (its row is locked to commit), so none can
-- come in below the last number added. A till that is just being enrolled waits for the next turn.
CREATE OR REPLACE FUNCTION api.keeper_roll_up(lim int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  v_count bigint;
BEGIN
  PERFORM keep_case_prices();  -- prices that were entered for later and have begun
  INSERT INTO rolled_up (till_id, epoch, no)
    SELECT t.id, e, 0 FROM till t, generate_series(1, t.epoch) e ON CONFLICT DO NOTHING;
  WITH due AS (
    SELECT r.till_id, r.epoch, t.store_id, r.no AS after, least(x.no, r.no + keeper_roll_up.lim) AS upto
      FROM (SELECT * FROM rolled_up ORDER BY till_id, epoch FOR UPDATE) r JOIN till t ON t.id = r.till_id
     CROSS JOIN LATERAL (SELECT d.no FROM document d WHERE d.store_id = t.store_id AND d.till_id = t.id AND d.epoch = r.epoch
                          ORDER BY d.no DESC LIMIT 1) x
     WHERE x.no > r.no
  ), moved AS (
    UPDATE rolled_up r SET no = due.upto FROM due WHERE r.till_id = due.till_id AND r.epoch = due.epoch
  ), line AS MATERIALIZED (
    SELECT l.store_id, s.business_date, extract(hour FROM s.sold_at AT TIME ZONE o.time_zone)::smallint AS hour,
           l.category_id, l.item_id, l.qty, l.amount - l.given - l.discount AS amount,
           coalesce(l.cost, 0) * l.qty AS cost
      FROM due JOIN document d ON d.store_id = due.store_id AND d.till_id = due.till_id AND d.epoch = due.epoch
                              AND d.no > due.after AND d.no <= due.upto
      JOIN sale s ON s.document_id = d.id JOIN sale_line l ON l.document_id = s.document_id
      JOIN store o ON o.id = l.store_id
  ), by_hour AS (
    INSERT INTO hour_category AS h (store_id, business_date, hour, category_id, lines, qty, amount, cost)
      SELECT store_id, business_date, hour, category_id, count(*), sum(qty), sum(amount), sum(cost)
        FROM line GROUP BY 1, 2, 3, 4
      ON CONFLICT (store_id, business_date, hour, category_id) DO UPDATE
        SET lines = h.lines + excluded.lines, qty = h.qty + excluded.qty, amount = h.amount + excluded.amount,
            cost = h.cost + excluded.cost
  ), by_month AS (
    INSERT INTO month_product AS m (store_id, month, item_id, lines, qty, amount, cost)
      SELECT store_id, date_trunc('month', business_date)::date, item_id, count(*), sum(qty), sum(amount), sum(cost)
        FROM line GROUP BY 1, 2, 3
      ON CONFLICT (store_id, month, item_id) DO UPDATE
        SET lines = m.lines + excluded.lines, qty = m.qty + excluded.qty, amount = m.amount + excluded.amount,
            cost = m.cost + excluded.cost
  )
  SELECT coalesce(sum(due.upto - due.after), 0) INTO v_count FROM due;
  RETURN v_count;
END $$;
COMMENT ON FUNCTION api.keeper_roll_up(int) IS 'Adds new sales to hour_category and month_product; returns how many documents were new.';
GRANT EXECUTE ON FUNCTION api.keeper_roll_up(int) TO pos_keeper;
