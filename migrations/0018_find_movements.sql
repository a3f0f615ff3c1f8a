-- Outside a transaction: an index of a large table, made while tills sell.
-- A document's movements are asked for by verify (once for each document) and by whoever follows a figure down to
-- the goods: without it each question reads every movement there is. UUIDv7 grows with time, so a sale adds its entry
-- at the right edge.
SET ROLE pos_owner;
DROP INDEX CONCURRENTLY IF EXISTS pos.movement_document;
CREATE INDEX CONCURRENTLY movement_document ON pos.movement (document_id) WHERE document_id IS NOT NULL;
RESET ROLE;
