-- A create that was done, so that the same create sent again answers it instead of doing it twice. id is the SHA-256
-- of who sent what where, body of its fields (they differ only under a key that the caller chose); resource is the
-- bare id of what was made; again: it came from a send that was itself a repeat.
CREATE TABLE made (
    id TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL,
    resource TEXT NOT NULL,
    again SMALLINT NOT NULL CHECK (again IN (0, 1)),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX made_expiry ON made (expires_at);

-- generation grows by one with every retry. reused: items whose result was read before. The pace of a batch is
-- measured from pace_from, when pace_done items had ended.
ALTER TABLE batch ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN reused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN pace_from BIGINT;
ALTER TABLE batch ADD COLUMN pace_done BIGINT NOT NULL DEFAULT 0;

-- retried_from is the job that this one repeats. reuse_key is the SHA-256 of all that the result depends on; a job
-- with it whose result may be used again has reusable = 1. reused_from is the job whose outputs this one shares, and
-- reused_attempt the attempt that wrote them.
ALTER TABLE job ADD COLUMN retried_from TEXT;
ALTER TABLE job ADD COLUMN reuse_key TEXT;
ALTER TABLE job ADD COLUMN reusable SMALLINT NOT NULL DEFAULT 0 CHECK (reusable IN (0, 1));
ALTER TABLE job ADD COLUMN reused_from TEXT REFERENCES job (id);
ALTER TABLE job ADD COLUMN reused_attempt BIGINT;
CREATE INDEX job_reuse ON job (reuse_key, finished_at) WHERE reusable = 1;
CREATE INDEX job_shared ON job (reused_from) WHERE reused_from IS NOT NULL;
CREATE INDEX job_file ON job (file_id) WHERE reusable = 1;
CREATE INDEX batch_item_job ON batch_item (job_id) WHERE job_id IS NOT NULL;
