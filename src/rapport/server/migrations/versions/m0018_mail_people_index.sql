-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS ix_email_raw_people;
CREATE INDEX CONCURRENTLY ix_email_raw_people ON email_raw USING gin (people) WHERE customer_id IS NULL;
