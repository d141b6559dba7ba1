-- parameters: what options were resolved from, as the caller's configuration said it when the job was made. NULL for
-- rows of earlier releases, and for jobs of a batch, whose parameters stand once on the batch.
-- deleted_at: nobody finds the job any more; its outputs are swept, and the row stays for the batch that counts it.
ALTER TABLE job ADD COLUMN parameters TEXT;
ALTER TABLE job ADD COLUMN deleted_at BIGINT;
ALTER TABLE batch ADD COLUMN parameters TEXT;
CREATE INDEX job_deleted ON job (finished_at) WHERE deleted_at IS NOT NULL AND outputs_swept < 2;
