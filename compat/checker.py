"""Recounts a cluster after faults, from rows and bytes, and trusts no count that docmill keeps.

The journal is what the API acknowledged, kept outside of it: a dict of batch ids and their numbers of files.
"""
from cluster import rows

BATCHES = """SELECT batch.id, status, total, completed, failed, cancelled, without_job,
    (SELECT COUNT(*) FROM batch_item WHERE batch_id = batch.id) AS items,
    (SELECT COUNT(DISTINCT job_id) FROM batch_item WHERE batch_id = batch.id) AS jobs,
    (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = job_id WHERE batch_item.batch_id = batch.id
        AND job.status = 'COMPLETED') AS jobs_completed,
    (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = job_id WHERE batch_item.batch_id = batch.id
        AND job.status = 'FAILED') AS jobs_failed,
    (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = job_id WHERE batch_item.batch_id = batch.id
        AND job.status = 'CANCELLED') AS jobs_cancelled
    FROM batch"""
OPEN_JOBS = "SELECT id, status FROM job WHERE status IN ('PENDING', 'RUNNING') OR worker IS NOT NULL OR lease_until IS NOT NULL"
LANES = "SELECT lane.id FROM lane JOIN batch ON batch.id = lane.id"
STRAY_JOBS = "SELECT id FROM job WHERE batch_id IS NOT NULL AND id NOT IN (SELECT job_id FROM batch_item WHERE job_id IS NOT NULL)"
# Where the accepted attempt wrote: a job that uses a result again points at another's.
OUTPUTS = """SELECT 'outputs/' || COALESCE(reused_from, id) || '-' || COALESCE(reused_attempt, attempt) || '/' AS prefix
    FROM job WHERE status = 'COMPLETED' AND outputs_swept < 2"""
FILES = "SELECT blob_key, sha256 FROM file WHERE deleted_at IS NULL AND blob_key IS NOT NULL"
FAILURES = "SELECT failure_code, COUNT(*) AS jobs FROM job WHERE status = 'FAILED' GROUP BY 1 ORDER BY 1"


def recount(url, journal, keys):
    """Every fault that is found, as a list of sentences. `keys`: what lies in the bucket, without docmill's prefix."""
    batches = {batch["id"]: batch for batch in rows(url, BATCHES)}
    faults = [f"batch {one} was acknowledged and is lost" for one in journal.keys() - batches.keys()]
    faults += [f"batch {one} was never acknowledged" for one in batches.keys() - journal.keys()]
    for one, batch in batches.items():
        faults += batch_faults(batch, journal.get(one))
    for what, sql in (("is open or leased", OPEN_JOBS), ("is the lane of a batch that ended", LANES), ("belongs to no item", STRAY_JOBS)):
        faults += [f"{row['id']} {what}" for row in rows(url, sql)]
    written = {"/".join(key.split("/")[:2]) + "/" for key in keys if key.startswith("outputs/") and key.endswith("/pages.jsonl")}
    faults += [f"no pages below {row['prefix']}" for row in rows(url, OUTPUTS) if row["prefix"] not in written]
    faults += [f"no bytes of {row['blob_key']}" for row in rows(url, FILES) if row["blob_key"] not in keys]
    return faults


def batch_faults(batch, files):
    if batch["status"] != "COMPLETED":
        yield f"batch {batch['id']} is {batch['status']}"
    if files is not None and not batch["total"] == batch["items"] == batch["jobs"] + batch["without_job"] == files:
        yield f"batch {batch['id']} has other numbers than its {files} files: {batch}"
    for kind in ("completed", "failed", "cancelled"):
        if batch[kind] != batch[f"jobs_{kind}"]:
            yield f"batch {batch['id']} counts {batch[kind]} {kind}, its jobs {batch[f'jobs_{kind}']}"


def failures(url):
    """Failure codes with their numbers of jobs."""
    return {row["failure_code"]: row["jobs"] for row in rows(url, FAILURES)}
