-- How many sets or pieces a sale a promotion is for, with so many of its coupons handed over; empty: any number. A coupon
-- without a limit counts once.
CREATE OR REPLACE FUNCTION pos.promotion_times(p pos.promotion, coupons bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN p.coupon THEN coalesce(p.most, 1) * coupons ELSE p.most END $$;
