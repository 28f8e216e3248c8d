-- name: is_empty()$
SELECT count(*) = 0 FROM pg_class WHERE relnamespace = current_schema()::regnamespace;

-- name: has_versions()$
SELECT to_regclass(format('%I.schema_version', current_schema())) IS NOT NULL;

-- name: create_versions()!
CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at text NOT NULL
);

-- name: current_version()$
SELECT coalesce(max(version), 0) FROM schema_version;

-- name: record_version(version, name, applied_at)!
INSERT INTO schema_version (version, name, applied_at) VALUES (:version, :name, :applied_at);

-- name: wait_for_migrations(form)$
-- Until the end of the transaction; whoever comes second finds the work done.
SELECT pg_advisory_xact_lock(:form, 1)::text;

-- name: claim_beside_others(writers)$
SELECT pg_try_advisory_lock_shared(:writers, 1);

-- name: claim_alone(writers)$
SELECT pg_try_advisory_lock(:writers, 1);

-- name: setting(name)$
SELECT current_setting(:name);

-- name: is_standby()$
SELECT pg_is_in_recovery();
