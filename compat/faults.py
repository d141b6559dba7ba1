#!/usr/bin/env python3
"""Faults of what docmill stands on, on PostgreSQL and S3 as `run.py --cluster`: the object store answers 500, slowly or not
at all while batches run and while files are uploaded; a pool of connections is starved; a worker's clock jumps, and the
database's; the database's disk is full; everything is restored from a backup. After each, everything is recounted (checker.py).

    faults.py --docmill BINARY [--only WORDS]

It runs in the environment of the checks, see run.py.
"""
import argparse
import atexit
import collections
import http.client
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import checker
from cluster import BLOBS, BUCKET, Bucket, Cluster, Disk, Postgres, answers, execute, rows, telling, until
from journal import Journal, texts

# How long a fault lasts, seconds. The long one is longer than docmill's client of the storage tries again by itself, so that
# jobs go back into the queue.
FAULT, LONG_FAULT = 12, 45
SLOW = 3
DISK_MIB = 400


class Proxy(ThreadingHTTPServer):
    """Stands before the S3 server; `mode` says what it does with a request. Host and signature pass unchanged."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.mode, self.hits = target.removeprefix("http://"), "well", collections.Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def fault(self, mode, seconds=FAULT):
        """Answers badly for a while, then well again; says how many requests met that."""
        before, self.mode = self.hits[mode], mode
        time.sleep(seconds)
        self.mode = "well"
        assert self.hits[mode] > before, f"no request met the mode {mode}"
        return f"{self.hits[mode] - before} requests met the fault"

    def handle_error(self, request, client_address):
        """A client that went away is what some faults are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        mode, body = self.server.mode, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.hits[mode] += 1
        if mode == "error":
            return self.send(500, [], b"<Error><Code>InternalError</Code></Error>")
        if mode == "slow":
            time.sleep(SLOW)
        if mode == "silent":
            while self.server.mode == mode:
                time.sleep(0.05)
            self.close_connection = True
            return None
        return self.send(*self.forwarded(body))

    def forwarded(self, body):
        connection = http.client.HTTPConnection(self.server.target)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def send(self, status, headers, content):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        length = dict(headers).get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or len(content))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *arguments):
        """Says nothing: what counts is counted in `hits`."""


class Offset:
    """A clock that can be set: a process with this environment has the machine's time and the offset."""

    def __init__(self):
        library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
        if library is None:
            sys.exit("error: libfaketime is not installed: apt-get install faketime (make test does it)")
        # Another user's processes look at it as well.
        self.file = Path(tempfile.mkdtemp(prefix="docmill-clock-")) / "offset"
        self.file.parent.chmod(0o755)
        atexit.register(shutil.rmtree, self.file.parent, ignore_errors=True)
        self.set("+0")
        self.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    def set(self, offset):
        self.file.write_text(offset)


class Stage:
    """The cluster, the proxy before its storage, and the journal."""

    def __init__(self, binary, folder):
        self.disk, self.database_clock = Disk(DISK_MIB), Offset()
        self.database = Postgres("max_wal_size=64MB", disk=self.disk, environment=self.database_clock.environment)
        self.bucket = Bucket(sys.executable, folder)
        self.proxy = Proxy(self.bucket.told["url"])
        environment = self.bucket.environment(self.proxy.url)
        self.cluster = Cluster(binary, folder, self.database.url, BLOBS, environment)
        self.journal, self.expired = Journal(self.cluster.url), 0

    def begun(self, name, count, lines=4_000):
        """A batch of which some files are read and some are not."""
        batch = self.journal.batch(self.journal.directory(name, texts(name, count, lines)), count)
        until("a first result", lambda: self.journal.status(batch).get("counts", {}).get("completed", 0) > 0)
        return batch

    def stop(self):
        self.cluster.stop()
        the_checker_sees(self)
        for server in (self.bucket, self.database, self.disk):
            server.stop()

    def recount(self, leases_end=False):
        """What is wrong; `leases_end` where the fault is that leases of living workers run out."""
        faults = checker.recount(self.database.url, self.journal.batches, self.bucket.keys()) + self.journal.wrong
        if failed := checker.failures(self.database.url):
            faults.append(f"files that can be read failed: {failed}")
        # No worker died: whoever took the job of another took it from a living one.
        expired = rows(self.database.url, "SELECT COALESCE(SUM(expiries), 0)::BIGINT AS leases FROM job")[0]["leases"]
        if expired > self.expired and not leases_end:
            faults.append(f"{expired - self.expired} leases of living workers ran out")
        self.expired = expired
        return faults


def storage_fails_during_a_batch(stage, mode, seconds=FAULT):
    batch = stage.begun(f"batch-{mode}-{seconds}", 40)
    met = stage.proxy.fault(mode, seconds)
    stage.journal.wait(batch)
    return met


def storage_fails_during_uploads(stage, mode):
    """Files are sent until they are acknowledged, while the storage fails and after."""
    count, before = 12, stage.journal.refused.copy()
    with ThreadPoolExecutor(1) as pool:
        fault = pool.submit(stage.proxy.fault, mode)
        directory = stage.journal.directory(f"uploads-{mode}", texts(f"uploads-{mode}", count, 3))
        met = fault.result()
    stage.journal.wait(stage.journal.batch(directory, count))
    refused = stage.journal.refused - before
    assert all(told.startswith("503") and "BLOBS_UNAVAILABLE" in told or told.startswith("0 ") for told in refused), refused
    return f"{met}, refused meanwhile: {dict(refused)}"


def starved_pool(stage):
    """Fifty requests at a time on a node with two connections: each is done. So is the work of such a worker."""
    starved = {"DOCMILL_STORE__CONNECTIONS_MAX": "2"}
    stage.cluster.start_worker("starved-worker", starved)
    node = stage.cluster.start("starved", ["serve", "--workers", 0, "--listen", "127.0.0.1:0"], starved)
    journal = Journal(node.said(r"listening on (http://\S+)")[1], timeout=60)
    directory = journal.directory("starved", texts("starved", 50, 1), at_once=50)
    with ThreadPoolExecutor(50) as pool:
        batches = list(pool.map(lambda _: journal.batch(directory, 50), range(20)))
        lists = list(pool.map(lambda _: journal.ask("GET", "/api/v2/batches")[0], range(200)))
    journal.wait(*batches)
    assert lists == [200] * 200 and not journal.refused, (lists, journal.refused)
    assert node.stop() == 0, node.log.read_text()
    stage.journal.batches |= journal.batches
    return "50 uploads, 20 batches and 200 lists, none refused"


def jumping_clock(stage):
    """A worker's clock jumps two hours ahead, and back, in the middle of a batch."""
    clock = Offset()
    stage.cluster.start_worker("jumper", clock.environment | {"DOCMILL_LOG__LEVEL": "debug"})
    batch = stage.begun("clock", 40)
    for jump in ("+2h", "-2h", "+0"):
        clock.set(jump)
        time.sleep(4)
    stage.journal.wait(batch)
    log = stage.cluster.workers["jumper"].log.read_text().splitlines()
    seen = [datetime.fromisoformat(line.split()[0].replace("Z", "+00:00")) for line in log if line[:2] == "20"]
    ahead = max(seen) - datetime.now(timezone.utc)
    assert ahead > timedelta(hours=1), f"the worker's clock was never ahead: {ahead}"
    return f"the worker's clock was {ahead.total_seconds() / 3600:.1f} h ahead"


def jumping_database_clock(stage):
    """The clock that leases are of jumps two hours ahead, and back, in the middle of a batch."""
    now = "SELECT EXTRACT(EPOCH FROM clock_timestamp())::FLOAT AS now"
    batch, ahead = stage.begun("database-clock", 60), []
    for jump in ("+2h", "-2h", "+0"):
        stage.database_clock.set(jump)
        time.sleep(4)
        ahead.append((rows(stage.database.url, now)[0]["now"] - time.time()) / 3600)
    stage.journal.wait(batch)
    assert max(ahead) > 1 and min(ahead) < -1, f"the database's clock did not jump: {ahead}"
    return "the database's clock was " + ", then ".join(f"{hours:.1f} h" for hours in ahead) + " ahead"


def full_database_disk(stage):
    """The disk of the database fills in the middle of a batch. Its supervisor starts it again, as often as it ends."""
    batch, before = stage.begun("disk", 40), stage.journal.refused.copy()
    stage.disk.fill()
    ends, deadline = 0, time.monotonic() + LONG_FAULT
    with ThreadPoolExecutor(1) as pool:
        create = pool.submit(lambda: stage.journal.batch(stage.journal.directory("disk-2", texts("disk-2", 40, 200)), 40))
        while time.monotonic() < deadline or not stage.journal.refused - before:
            assert time.monotonic() < deadline + 60, "the full disk was not felt"
            if stage.database.has_ended():
                ends += 1
                stage.database.start()
            time.sleep(1)
        stage.disk.free()
        if stage.database.has_ended():
            stage.database.start()
        until("the database", lambda: answers(stage.database.url))
        stage.journal.wait(batch, create.result())
    return f"the database ended {ends} times, refused meanwhile: {dict(stage.journal.refused - before)}"


def restored_backup(stage):
    """The procedure of docs/OPERATING.md: a dump of the database first, then a copy of the bucket, both while a batch runs;
    the batch goes on in the copy."""
    batch, dump = stage.begun("backup", 40), stage.database.folder / "dump"
    server, name = stage.database.url.removesuffix("/postgres"), "restored"
    with dump.open("wb") as file:
        subprocess.run(["pg_dump", "--format=custom", stage.database.url], check=True, stdout=file)
    acknowledged = dict(stage.journal.batches)
    stage.bucket.copy("restored")
    stage.journal.wait(batch)
    subprocess.run(["createdb", "--maintenance-db", stage.database.url, "--template", "template0", name], check=True)
    subprocess.run(["pg_restore", "--exit-on-error", "--dbname", f"{server}/{name}", dump], check=True)
    folder = stage.cluster.folder / name
    folder.mkdir()
    left = rows(f"{server}/{name}", "SELECT COUNT(*) AS jobs FROM job WHERE status IN ('PENDING', 'RUNNING')")[0]["jobs"]
    cluster = Cluster(stage.cluster.binary, folder, f"{server}/{name}", f"s3://{BUCKET}/{name}", stage.bucket.environment())
    Journal(cluster.url).wait(batch)
    cluster.stop()
    faults = checker.recount(f"{server}/{name}", acknowledged, stage.bucket.keys(name))
    assert left and not faults, (left, faults)
    return f"{len(acknowledged)} batches restored, {left} files were read after it"


def the_checker_sees(stage):
    """What the recount is for, each done to it once; the database and the bucket are not needed afterwards."""
    journal, keys = stage.journal.batches, stage.bucket.keys()
    one = next(iter(journal))
    pages = next(row["prefix"] for row in rows(stage.database.url, checker.OUTPUTS)) + "pages.jsonl"
    blob = rows(stage.database.url, checker.FILES)[0]["blob_key"]
    for sentence, batches, found in [
        ("is lost", journal | {"none": 1}, keys),
        ("never acknowledged", {batch: files for batch, files in journal.items() if batch != one}, keys),
        ("other numbers", journal | {one: journal[one] + 1}, keys),
        ("no pages below", journal, keys - {pages}),
        ("no bytes of", journal, keys - {blob}),
    ]:
        assert any(sentence in fault for fault in checker.recount(stage.database.url, batches, found)), sentence
    for sentence, change in [
        ("counts", f"UPDATE batch SET completed = completed - 1, failed = failed + 1 WHERE id = '{one}'"),
        ("lane of a batch that ended", f"INSERT INTO lane (id, vtime) VALUES ('{one}', 0)"),
        ("open or leased", f"UPDATE job SET status = 'RUNNING', worker = 'x', lease_until = 0, finished_at = NULL WHERE batch_id = '{one}'"),
        ("belongs to no item", f"DELETE FROM batch_item WHERE batch_id = '{one}'"),
    ]:
        execute(stage.database.url, change)
        assert any(sentence in fault for fault in checker.recount(stage.database.url, journal, keys)), sentence
    print("--- the checker sees nine faults that were made")


PARTS = [(f"storage: {mode}, {name}", lambda stage, part=part, mode=mode: part(stage, mode))
         for mode in ("error", "slow", "silent")
         for name, part in (("batch", storage_fails_during_a_batch), ("uploads", storage_fails_during_uploads))]
PARTS += [("storage: error for long, batch", lambda stage: storage_fails_during_a_batch(stage, "error", LONG_FAULT)),
          ("starved pool", starved_pool), ("jumping clock", jumping_clock),
          ("jumping clock of the database", jumping_database_clock), ("full disk of the database", full_database_disk),
          ("backup and restore", restored_backup)]
# Where leases of living workers may run out: all are over when the clock is far ahead, and nobody keeps them without a database.
LEASES_END = {jumping_database_clock, full_database_disk}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--only", default="", help="the parts whose names hold this")
    given = options.parse_args()
    parts = [(name, part) for name, part in PARTS if given.only in name]
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(given.docmill.absolute(), Path(folder))
        with telling(stage.cluster):
            for name, part in parts:
                begun = time.monotonic()
                told, faults = part(stage), stage.recount(part in LEASES_END)
                print(f"--- {name}: {'FAILED' if faults else 'ok'}, {time.monotonic() - begun:.0f} s, {told}", *faults, sep="\n", flush=True)
                assert not faults
        stage.stop()
    print(f"{len(parts)} faults, {len(stage.journal.batches)} batches recounted, nothing wrong")


if __name__ == "__main__":
    main()
