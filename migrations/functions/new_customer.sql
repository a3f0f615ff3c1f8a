-- A customer from the short form at a till: its number, or nothing when the phone or the card is somebody's already.
CREATE OR REPLACE FUNCTION pos.new_customer(form jsonb, store bigint) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_consent boolean := coalesce((form->>'consent')::int, 0) = 1;
  v_number bigint;
BEGIN
  SELECT number INTO v_number FROM customer WHERE made_id = (form->>'id')::uuid;
  IF FOUND THEN
    RETURN ARRAY[v_number];
  ELSIF nullif(form->>'phone', '') IS NULL AND nullif(form->>'card', '') IS NULL THEN
    RAISE EXCEPTION 'a customer has a phone number or a card' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO customer (made_id, name, phone, card, consent, consent_at, made_store)
    VALUES ((form->>'id')::uuid, form->>'name', nullif(form->>'phone', ''), nullif(form->>'card', ''), v_consent,
            CASE WHEN v_consent THEN clock_timestamp() END, store)
    ON CONFLICT DO NOTHING RETURNING number INTO v_number;
  RETURN array_remove(ARRAY[v_number], NULL);
END $$;
