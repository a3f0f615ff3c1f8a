-- The smallest document id a till could have made at a time: ids are UUIDs of version 7, which begin with the time.
CREATE OR REPLACE FUNCTION pos.m_uuid_of(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE
  AS $$ SELECT (lpad(to_hex(greatest(0, floor(extract(epoch FROM $1) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid $$;
