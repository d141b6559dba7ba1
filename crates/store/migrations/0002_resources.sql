-- Secrets of signed links: the newest signs, it and its predecessor are accepted, older ones are deleted.
CREATE TABLE signing_key (
    id TEXT PRIMARY KEY NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX project_name ON project (name);

-- A standalone file was stored for itself and outlives the directory entries that refer to it; the others were
-- uploaded into a directory and go with their last entry.
ALTER TABLE file ADD COLUMN standalone SMALLINT NOT NULL DEFAULT 0 CHECK (standalone IN (0, 1));
UPDATE file SET standalone = 1 WHERE id NOT IN (SELECT file_id FROM directory_file);
CREATE INDEX file_project ON file (project_id, id) WHERE deleted_at IS NULL;
CREATE INDEX file_created ON file (project_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX directory_file_file ON directory_file (file_id) WHERE deleted_at IS NULL;
CREATE INDEX job_open_entry ON job (directory_file_id)
WHERE status IN ('PENDING', 'RUNNING') AND directory_file_id IS NOT NULL;

-- What a configuration was each time it was saved; the configuration's own row is the newest of them. Also of products
-- that docmill keeps for their clients and cannot run, which the first table refuses.
CREATE TABLE configuration_now (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    product TEXT NOT NULL CHECK (
        product IN ('parse_v2', 'extract_v2', 'classify_v2', 'split_v1', 'spreadsheet_v1', 'unknown')
    ),
    parameters TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project_id, product, name)
);
INSERT INTO configuration_now SELECT id, project_id, name, product, parameters, version, created_at, updated_at
FROM configuration;
DROP TABLE configuration;
ALTER TABLE configuration_now RENAME TO configuration;

CREATE TABLE configuration_version (
    id TEXT PRIMARY KEY NOT NULL,
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    product TEXT NOT NULL,
    parameters TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (configuration_id, version)
);
CREATE INDEX configuration_version_project ON configuration_version (project_id, id);
INSERT INTO configuration_version (id, configuration_id, project_id, product, parameters, version)
SELECT id, id, project_id, product, parameters, version FROM configuration;
