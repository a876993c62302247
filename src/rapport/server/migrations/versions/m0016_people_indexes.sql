-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS ix_customers_company;
CREATE INDEX CONCURRENTLY ix_customers_company ON customers (workspace_id, company_id, last_seen_at, id) WHERE company_id IS NOT NULL AND merged_into_id IS NULL;
