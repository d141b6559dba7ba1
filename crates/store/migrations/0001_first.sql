-- Types are the ones that SQLite and PostgreSQL both have: TEXT ids (lower-case UUIDs), BIGINT milliseconds, JSON as
-- TEXT, SMALLINT 0/1 for truth. See migrations/README.md.

CREATE TABLE project (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    is_default SMALLINT NOT NULL CHECK (is_default IN (0, 1)),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX project_default ON project (is_default) WHERE is_default = 1;

CREATE TABLE api_key (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- A key is random, so a key that was swept never comes back; the same content gets a new one.
CREATE TABLE blob (
    key TEXT PRIMARY KEY NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    created_at BIGINT NOT NULL,
    doomed_at BIGINT
);
CREATE INDEX blob_content ON blob (sha256) WHERE doomed_at IS NULL;
CREATE INDEX blob_doomed ON blob (doomed_at) WHERE doomed_at IS NOT NULL;

-- blob_key is no foreign key: the row of a deleted file outlives its blob.
CREATE TABLE file (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    external_file_id TEXT,
    purpose TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    blob_key TEXT,
    path TEXT,
    modified_ms BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    CHECK ((blob_key IS NULL) <> (path IS NULL)),
    CHECK ((path IS NULL) = (modified_ms IS NULL))
);
CREATE INDEX file_blob ON file (blob_key) WHERE deleted_at IS NULL AND blob_key IS NOT NULL;

CREATE TABLE directory (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'ephemeral')),
    description TEXT,
    expires_at BIGINT,
    system_metadata TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX directory_project ON directory (project_id, id);
CREATE INDEX directory_expiry ON directory (expires_at) WHERE kind = 'ephemeral' AND deleted_at IS NULL;

-- unique_hash is the SHA-256 of unique_id: an id may have 3,000 characters, more than an index entry holds.
CREATE TABLE directory_file (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    directory_id TEXT NOT NULL REFERENCES directory (id),
    file_id TEXT NOT NULL REFERENCES file (id),
    display_name TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    unique_hash TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX directory_file_unique ON directory_file (directory_id, unique_hash) WHERE deleted_at IS NULL;
CREATE INDEX directory_file_directory ON directory_file (directory_id, id);

CREATE TABLE configuration (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    product TEXT NOT NULL CHECK (product IN ('parse_v2', 'extract_v2')),
    parameters TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project_id, product, name)
);

-- A lane is what jobs wait in: a batch's id, or a project's id for its single jobs. How many of a lane run is counted
-- over the jobs' leases, never stored.
CREATE TABLE lane (
    id TEXT PRIMARY KEY NOT NULL,
    weight DOUBLE PRECISION NOT NULL CHECK (weight > 0),
    vtime DOUBLE PRECISION NOT NULL
);
-- Virtual time of the last claim: a lane that was empty for a while starts here, not in the past.
CREATE TABLE queue (
    id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1),
    vtime DOUBLE PRECISION NOT NULL
);
INSERT INTO queue (id, vtime) VALUES (1, 0);

-- configuration is a configuration's UUID or a preset's name, as it was when the batch was made.
CREATE TABLE batch (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    directory_id TEXT NOT NULL REFERENCES directory (id),
    product TEXT NOT NULL CHECK (product IN ('parse_v2', 'extract_v2')),
    configuration TEXT NOT NULL,
    options TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    total BIGINT NOT NULL CHECK (total >= 0),
    completed BIGINT NOT NULL CHECK (completed >= 0),
    failed BIGINT NOT NULL CHECK (failed >= 0),
    cancelled BIGINT NOT NULL CHECK (cancelled >= 0),
    without_job BIGINT NOT NULL CHECK (without_job >= 0),
    cancel_requested SMALLINT NOT NULL CHECK (cancel_requested IN (0, 1)),
    failure_code TEXT,
    failure_message TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    CHECK (completed + failed + cancelled + without_job <= total),
    CHECK (status NOT IN ('COMPLETED', 'CANCELLED') OR completed + failed + cancelled + without_job = total),
    CHECK ((status IN ('PENDING', 'RUNNING')) = (finished_at IS NULL)),
    CHECK (status <> 'FAILED' OR failure_code IS NOT NULL)
);
CREATE INDEX batch_project ON batch (project_id, id);
CREATE INDEX batch_open ON batch (directory_id) WHERE status IN ('PENDING', 'RUNNING');

-- options is NULL for jobs of a batch: the snapshot stands once, on the batch.
-- file_id, parse_job_id and blob_key repeat what source (JSON) says, for the indexes.
-- outputs_swept: 0 nothing, 1 the attempts that were not accepted, 2 everything.
CREATE TABLE job (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    product TEXT NOT NULL CHECK (product IN ('parse_v2', 'extract_v2')),
    batch_id TEXT REFERENCES batch (id),
    lane TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    configuration TEXT,
    options TEXT,
    source TEXT NOT NULL,
    file_id TEXT,
    directory_file_id TEXT,
    parse_job_id TEXT,
    blob_key TEXT,
    user_metadata TEXT NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    result TEXT,
    attempt BIGINT NOT NULL,
    strikes BIGINT NOT NULL,
    expiries BIGINT NOT NULL,
    pages_done BIGINT NOT NULL,
    cancel_requested SMALLINT NOT NULL CHECK (cancel_requested IN (0, 1)),
    source_deleted SMALLINT NOT NULL CHECK (source_deleted IN (0, 1)),
    outputs_swept SMALLINT NOT NULL CHECK (outputs_swept IN (0, 1, 2)),
    run_at BIGINT NOT NULL,
    worker TEXT,
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    CHECK (options IS NOT NULL OR batch_id IS NOT NULL),
    CHECK ((status = 'RUNNING') = (worker IS NOT NULL)),
    CHECK ((status = 'RUNNING') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (finished_at IS NOT NULL)),
    CHECK (status NOT IN ('FAILED', 'CANCELLED') OR failure_code IS NOT NULL),
    CHECK (status <> 'COMPLETED' OR result IS NOT NULL OR outputs_swept = 2)
);
CREATE INDEX job_ready ON job (lane, run_at, id) WHERE status = 'PENDING';
CREATE INDEX job_lease ON job (lease_until) WHERE status = 'RUNNING';
CREATE INDEX job_batch ON job (batch_id, status) WHERE batch_id IS NOT NULL;
CREATE INDEX job_project ON job (project_id, product, id);
CREATE INDEX job_open_file ON job (file_id) WHERE status IN ('PENDING', 'RUNNING') AND file_id IS NOT NULL;
CREATE INDEX job_open_blob ON job (blob_key) WHERE status IN ('PENDING', 'RUNNING') AND blob_key IS NOT NULL;
CREATE INDEX job_open_parse ON job (parse_job_id) WHERE status IN ('PENDING', 'RUNNING') AND parse_job_id IS NOT NULL;
CREATE INDEX job_attempts ON job (finished_at) WHERE outputs_swept = 0 AND finished_at IS NOT NULL;
CREATE INDEX job_outputs ON job (finished_at) WHERE outputs_swept < 2 AND finished_at IS NOT NULL;

CREATE TABLE batch_item (
    batch_id TEXT NOT NULL REFERENCES batch (id),
    position BIGINT NOT NULL,
    directory_file_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    job_id TEXT REFERENCES job (id),
    failure_code TEXT,
    failure_message TEXT,
    PRIMARY KEY (batch_id, position),
    CHECK ((job_id IS NULL) = (failure_code IS NOT NULL))
);
