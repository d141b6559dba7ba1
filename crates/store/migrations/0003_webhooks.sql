-- A saved webhook configuration. endpoint is JSON: URL, events, headers, format and secret.
CREATE TABLE webhook (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    endpoint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhook_project ON webhook (project_id, id);

-- Who is told of a batch or a job: a set of endpoints, made with it. Inline endpoints are kept here; of saved ones only
-- the id, so that a rotated secret or a deleted configuration counts at once.
CREATE TABLE webhook_endpoint (
    id TEXT PRIMARY KEY NOT NULL,
    set_id TEXT NOT NULL,
    webhook_id TEXT,
    endpoint TEXT,
    CHECK ((webhook_id IS NULL) <> (endpoint IS NULL))
);
CREATE INDEX webhook_endpoint_set ON webhook_endpoint (set_id, id);

-- NULL: nobody is told, which costs nothing. The jobs of a batch share one set.
ALTER TABLE batch ADD COLUMN webhooks TEXT;
ALTER TABLE job ADD COLUMN webhooks TEXT;

-- The outbox: inserted by the very transaction that changes the state, and only when somebody is told.
CREATE TABLE webhook_event (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    kind TEXT NOT NULL,
    batch_id TEXT,
    directory_id TEXT,
    generation BIGINT,
    job_id TEXT,
    product TEXT,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK ((job_id IS NULL) = (product IS NULL))
);
CREATE INDEX webhook_event_age ON webhook_event (created_at);

-- One event on its way to one endpoint: an endpoint of a set, or a saved configuration itself (tests and their
-- replays). target is the host and port, so that one slow receiver cannot hold back the others.
CREATE TABLE webhook_delivery (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    event_id TEXT NOT NULL REFERENCES webhook_event (id),
    webhook_id TEXT,
    endpoint_id TEXT REFERENCES webhook_endpoint (id),
    batch_id TEXT,
    job_id TEXT,
    target TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'DEAD')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    last_status BIGINT,
    failure_code TEXT,
    failure_message TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (webhook_id IS NOT NULL OR endpoint_id IS NOT NULL),
    CHECK (lease_until IS NULL OR state = 'PENDING'),
    CHECK (state <> 'DEAD' OR failure_code IS NOT NULL)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (due_at, id) WHERE state = 'PENDING' AND lease_until IS NULL;
CREATE INDEX webhook_delivery_leased ON webhook_delivery (target) WHERE lease_until IS NOT NULL;
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX webhook_delivery_project ON webhook_delivery (project_id, id);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id) WHERE webhook_id IS NOT NULL;
CREATE INDEX webhook_delivery_batch ON webhook_delivery (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX webhook_delivery_job ON webhook_delivery (job_id, id) WHERE job_id IS NOT NULL;

-- What each attempt came to. status is that of the receiver's answer, if there was one.
CREATE TABLE webhook_attempt (
    delivery_id TEXT NOT NULL REFERENCES webhook_delivery (id),
    attempt BIGINT NOT NULL,
    status BIGINT,
    failure_code TEXT,
    failure_message TEXT,
    elapsed_ms BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, attempt)
);
