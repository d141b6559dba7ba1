-- What share of the workers a project has. weight: jobs for each one of a project of weight 1, while both wait. NULL in
-- jobs_max and jobs_per_minute: what the server's settings say; 0: any number.
ALTER TABLE project ADD COLUMN weight DOUBLE PRECISION NOT NULL DEFAULT 1 CHECK (weight > 0);
ALTER TABLE project ADD COLUMN jobs_max BIGINT;
ALTER TABLE project ADD COLUMN jobs_per_minute BIGINT;

-- Rates: until when what was started is paid for, Unix milliseconds; the more was started of late, the later.
ALTER TABLE project ADD COLUMN paid_until DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE lane ADD COLUMN paid_until DOUBLE PRECISION NOT NULL DEFAULT 0;

-- Lanes of a higher priority go first, whatever the others' virtual times. `lane_next` stays for the queue's own time.
ALTER TABLE lane ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
CREATE INDEX lane_priority ON lane (priority DESC, vtime, id);

-- Never anything but 1: what has a weight is the project.
ALTER TABLE lane DROP COLUMN weight;
