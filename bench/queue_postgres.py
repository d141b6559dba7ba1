#!/usr/bin/env python3
"""Jobs per second of several workers: `docmill worker` processes on PostgreSQL beside a bare SELECT ... FOR UPDATE SKIP
LOCKED loop on the same server, and `docmill serve` with as many workers on SQLite.

    bench/queue_postgres.py --docmill BINARY [--files 10000] [--workers 1,2,4] [--behind 100000]

One-line text files in batches of 1,000, from the first create until all are COMPLETED; every file is read, no result is
used again. The bare loop has as many processes over as many rows; it claims and finishes as many rows a commit as docmill
did (counted from the times of its jobs: those of one commit are the same). It reads no documents. "with outputs" writes and
fsyncs an output a row as docmill does with blobs in a folder, those of one claim at the same time. Claim p50 and p99 are
those of the workers' own histogram while they work, with straight lines between its bounds.

At the end 100,000 files are queued, and a batch of ten is created behind them (--behind 0 leaves it out).
"""
import argparse
import collections
import multiprocessing
import os
import re
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlparse

import psycopg

import orchestration
from orchestration import bare_output, directory_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "compat"))
from cluster import KEY, Cluster, Postgres, rows  # noqa: E402

BATCH = 1_000
FRESH = {"DOCMILL_LIMITS__REUSE_KEPT_MS": "0", "DOCMILL_LOG__LEVEL": "warn"}
SHAPE = """SELECT COUNT(*) AS jobs, COUNT(DISTINCT job.started_at) AS claims, COUNT(DISTINCT job.finished_at) AS finishes
    FROM job WHERE created_at >= {since}"""
BARE = """DROP TABLE IF EXISTS bare;
    CREATE TABLE bare (id BIGINT PRIMARY KEY, state SMALLINT NOT NULL, result TEXT);
    CREATE INDEX bare_ready ON bare (id) WHERE state = 0;"""


class Client(orchestration.Client):
    def __init__(self, url):
        super().__init__(urlparse(url), KEY)


def drain(client, directories):
    """Seconds from the first create until all batches are COMPLETED."""
    begin = time.monotonic()
    body = {"config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_COST_EFFECTIVE"}}}
    waiting = [client.call("POST", "/api/v2/batches", {**body, "source_directory_id": directory})["id"] for directory in directories]
    connection = client.connect()
    while waiting:
        batch = client.call("GET", f"/api/v2/batches/{waiting[0]}", connection=connection)
        if batch["status"] in ("FAILED", "CANCELLED") or batch["counts"]["failed"]:
            sys.exit(f"error: {batch}")
        if batch["status"] == "COMPLETED":
            waiting.pop(0)
        else:
            time.sleep(0.05)
    return time.monotonic() - begin


def claims(cluster):
    """Upper bounds in seconds and how many claims of all workers took no longer, since they started."""
    counts = collections.Counter()
    for worker in cluster.workers.values():
        with urllib.request.urlopen(f"{worker.probes}/metrics") as answer:
            text = answer.read().decode()
        for bound, count in re.findall(r'docmill_store_seconds_bucket\{le="([^"]+)",step="claim"\} (\d+)', text):
            counts[float(bound)] += int(count)
    return counts


def quantile(counts, share):
    """Milliseconds below which so many claims were, straight between two bounds."""
    low = below = 0
    for bound, count in sorted(counts.items()):
        if count >= share * max(counts.values()):
            part = (share * max(counts.values()) - below) / max(count - below, 1)
            return 1000 * (low + part * (min(bound, 600) - low))
        low, below = bound, count


def late(client, directories, behind, database):
    """Seconds until a batch of ten files behind as many queued ones began, and until it was done."""
    body = {"config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_COST_EFFECTIVE"}}}
    create = lambda directory: client.call("POST", "/api/v2/batches", {**body, "source_directory_id": directory})["id"]
    ten = directory_of(client, 10)
    for number in range(behind // BATCH):
        create(directories[number % len(directories)])
    queued = rows(database.url, "SELECT COUNT(*) AS jobs FROM job WHERE status = 'PENDING'")[0]["jobs"]
    begin, batch = time.monotonic(), create(ten)
    began = None
    while True:
        told = client.call("GET", f"/api/v2/batches/{batch}")
        if began is None and (told["counts"]["running"] or told["counts"]["completed"]):
            began = time.monotonic() - begin
        if told["status"] == "COMPLETED":
            return queued, began, time.monotonic() - begin
        time.sleep(0.02)


def bare_worker(url, folder, claim, finish, ready, go):
    """Claims `claim` rows a commit, writes an output for each if there is a folder, and finishes `finish` rows a commit."""
    with psycopg.connect(url, autocommit=True) as database, ThreadPoolExecutor(claim) as pool:
        ready.release()
        go.wait()
        done = []
        while True:
            with database.transaction():
                found = database.execute("SELECT id FROM bare WHERE state = 0 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED", (claim,)).fetchall()
                found = [row[0] for row in found]
                database.execute("UPDATE bare SET state = 1 WHERE id = ANY(%s)", (found,))
            if folder:
                list(pool.map(lambda number: bare_output(folder, number), found))
            done += found
            while len(done) >= finish or (done and not found):
                bare_finish(database, done[:finish])
                del done[:finish]
            if not found:
                return


def bare_finish(database, done):
    with database.transaction():
        database.execute("UPDATE bare SET state = 2, result = '{}' WHERE id = ANY(%s)", (done,))


def bare_loop(url, folder, files, workers, claim, finish):
    """Seconds that as many processes need for as many rows; without a folder they write no outputs."""
    if folder:
        folder.mkdir()
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(BARE)
        database.execute("INSERT INTO bare SELECT number, 0, NULL FROM generate_series(1, %s) number", (files,))
    ready, go = multiprocessing.Semaphore(0), multiprocessing.Event()
    running = [multiprocessing.Process(target=bare_worker, args=(url, folder, claim, finish, ready, go)) for _ in range(workers)]
    for one in running:
        one.start()
    for _ in running:
        ready.acquire()
    begin = time.monotonic()
    go.set()
    for one in running:
        one.join()
    seconds = time.monotonic() - begin
    left = rows(url, "SELECT COUNT(*) AS count FROM bare WHERE state <> 2")[0]["count"]
    assert left == 0 and all(one.exitcode == 0 for one in running), f"the bare loop left {left} rows"
    return seconds


def on_postgres(binary, folder, files, counts, behind):
    """Workers, seconds of docmill, of the bare loop without and with outputs, jobs a claim and a finish, and milliseconds of
    a claim."""
    database = Postgres()
    cluster = Cluster(binary, folder, database.url, f"file://{folder / 'blobs'}", FRESH, workers=0)
    client = Client(cluster.url)
    directories = [directory_of(client, BATCH) for _ in range(files // BATCH)]
    for count in counts:
        while len(cluster.workers) < count:
            cluster.start_worker(f"worker-{len(cluster.workers) + 1}")
        before = claims(cluster)
        since = rows(database.url, "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT AS now")[0]["now"]
        seconds = drain(client, directories)
        shape = rows(database.url, SHAPE.format(since=since))[0]
        assert shape["jobs"] == files, shape
        claim, finish = round(files / shape["claims"]), round(files / shape["finishes"])
        bare = [bare_loop(database.url, at, files, count, claim, finish) for at in (None, folder / f"bare-{count}")]
        after = claims(cluster)
        times = {bound: after[bound] - before[bound] for bound in after}
        yield count, seconds, *bare, claim, finish, quantile(times, 0.5), quantile(times, 0.99)
    if behind:
        queued, began, done = late(client, directories, behind, database)
        print(f"\n{len(cluster.workers)} workers, {queued} files queued: a batch of ten behind them began after {began:.2f} s and was done after {done:.2f} s\n")
        for name in list(cluster.workers):
            cluster.workers.pop(name).kill()
    cluster.stop()
    database.stop()


def on_sqlite(binary, folder, files, counts):
    """Workers and seconds; one server after the other on the same data."""
    os.environ.update(FRESH)
    directories = []
    for count in counts:
        server = orchestration.Server(binary, folder, "--workers", str(count))
        directories = directories or [directory_of(server, BATCH) for _ in range(files // BATCH)]
        yield count, drain(server, directories)
        server.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--workers", default="1,2,4")
    options.add_argument("--behind", type=int, default=100_000)
    given = options.parse_args()
    counts, binary = [int(count) for count in given.workers.split(",")], given.docmill.absolute()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "blobs").mkdir()
        print("| store | workers | jobs | docmill s | jobs/s | bare loop s | ratio | with outputs s | ratio | jobs a claim | jobs a finish | claim p50, p99 ms |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for count, seconds in on_sqlite(binary, folder, given.files, counts):
            print(f"| SQLite | {count} | {given.files} | {seconds:.1f} | {given.files / seconds:.0f} | - | - | - | - | - | - | - |", flush=True)
        for count, seconds, bare, outputs, claim, finish, *took in on_postgres(binary, folder, given.files, counts, given.behind):
            print(f"| PostgreSQL | {count} | {given.files} | {seconds:.1f} | {given.files / seconds:.0f} | {bare:.1f} | {seconds / bare:.2f} "
                  f"| {outputs:.1f} | {seconds / outputs:.2f} | {claim} | {finish} | {took[0]:.1f}, {took[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
