-- name: is_empty()$
SELECT count(*) = 0 FROM sqlite_schema;

-- name: has_versions()$
SELECT count(*) = 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version';

-- name: create_versions()!
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;

-- name: current_version()$
SELECT coalesce(max(version), 0) FROM schema_version;

-- name: record_version(version, name, applied_at)!
INSERT INTO schema_version (version, name, applied_at) VALUES (:version, :name, :applied_at);
