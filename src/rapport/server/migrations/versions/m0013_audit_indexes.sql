-- outside a transaction
-- The audit record, found by who, what and when. It is long on an old desk, which goes on working meanwhile.

DROP INDEX CONCURRENTLY IF EXISTS ix_audit_records_actor;
CREATE INDEX CONCURRENTLY ix_audit_records_actor ON audit_records (workspace_id, actor, seq);
DROP INDEX CONCURRENTLY IF EXISTS ix_audit_records_verb;
CREATE INDEX CONCURRENTLY ix_audit_records_verb ON audit_records (workspace_id, verb, seq);
DROP INDEX CONCURRENTLY IF EXISTS ix_audit_records_created_at;
CREATE INDEX CONCURRENTLY ix_audit_records_created_at ON audit_records (workspace_id, created_at);
