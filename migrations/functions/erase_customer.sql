-- A person is taken out of the shop: name, ways to reach them, card, certificate and groups are gone. The number stays for
-- the documents, which never had anything else, and with it what was earned, spent and owed.
CREATE OR REPLACE FUNCTION pos.erase_customer(customer bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE customer c SET name = '', phone = NULL, card = NULL, consent = false, consent_at = NULL, tax_number = '', certificate = '',
         certificate_codes = '{}', certificate_until = NULL, erased_at = clock_timestamp()
   WHERE c.number = erase_customer.customer AND c.erased_at IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM customer_in_group i WHERE i.customer = erase_customer.customer;
  RETURN true;
END $$;
