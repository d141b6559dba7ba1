-- Claims walk the lanes from the least virtual time on, and stop when they have enough. A project's lanes share what
-- one project gets: project_id says whose a lane is. NULL until it is filled just below.
ALTER TABLE lane ADD COLUMN project_id TEXT REFERENCES project (id);
UPDATE lane SET project_id = (SELECT batch.project_id FROM batch WHERE batch.id = lane.id);
UPDATE lane SET project_id = id WHERE project_id IS NULL;
CREATE INDEX lane_next ON lane (vtime, id);
CREATE INDEX lane_project ON lane (project_id);

-- Since when nothing of the batch may start because a cap holds it back while nothing of it runs; NULL: no cap does.
ALTER TABLE batch ADD COLUMN throttled_since BIGINT;

-- Who works on this store, for those who do not: when a worker last asked for jobs. Only on a database that several
-- processes share.
CREATE TABLE worker (
    name TEXT PRIMARY KEY NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX worker_seen ON worker (seen_at);
