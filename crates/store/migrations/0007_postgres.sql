-- Only on PostgreSQL: what SQLite has no word for.

-- Lists by name are in the order of the characters on both databases, whatever the server's locale is.
ALTER TABLE file ALTER COLUMN name TYPE TEXT COLLATE "C";

-- A job's row is rewritten with every heartbeat: space for the next version on the same page, and vacuum that keeps
-- up with a queue whose rows all change.
ALTER TABLE job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE batch SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE lane SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE queue SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0.02);
