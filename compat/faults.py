#!/usr/bin/env python3
"""Faults of what docmill stands on, on PostgreSQL and S3 as `run.py --cluster`: the object store answers 500, slowly or not
at all while batches run and while files are uploaded; a pool of connections is starved; a worker's clock jumps. After
each, everything is recounted (checker.py).

    faults.py --docmill BINARY

It runs in the environment of the checks, see run.py.
"""
import argparse
import collections
import http.client
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import checker
from cluster import BLOBS, Bucket, Cluster, Postgres, execute, rows, telling, until
from journal import Journal, texts

# How long a fault lasts, seconds: longer than what docmill's client of the storage tries again by itself.
FAULT = 12
SLOW = 3


class Proxy(ThreadingHTTPServer):
    """Stands before the S3 server; `mode` says what it does with a request. Host and signature pass unchanged."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.mode, self.hits = target.removeprefix("http://"), "well", collections.Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def fault(self, mode):
        """Answers badly for a while, then well again; says how many requests met that."""
        before, self.mode = self.hits[mode], mode
        time.sleep(FAULT)
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


class Stage:
    """The cluster, the proxy before its storage, and the journal."""

    def __init__(self, binary, folder):
        self.database, self.bucket = Postgres(), Bucket(sys.executable, folder)
        self.proxy = Proxy(self.bucket.told["url"])
        environment = self.bucket.environment(self.proxy.url)
        self.cluster = Cluster(binary, folder, self.database.url, BLOBS, environment)
        self.journal = Journal(self.cluster.url)

    def begun(self, name, count, lines=4_000):
        """A batch of which some files are read and some are not."""
        batch = self.journal.batch(self.journal.directory(name, texts(name, count, lines)), count)
        until("a first result", lambda: self.journal.status(batch).get("counts", {}).get("completed", 0) > 0)
        return batch

    def recount(self):
        faults = checker.recount(self.database.url, self.journal.batches, self.bucket.keys()) + self.journal.wrong
        if failed := checker.failures(self.database.url):
            faults.append(f"files that can be read failed: {failed}")
        # No worker died: whoever took the job of another took it from a living one.
        expired = rows(self.database.url, "SELECT COALESCE(SUM(expiries), 0)::BIGINT AS leases FROM job")[0]["leases"]
        if expired:
            faults.append(f"{expired} leases of living workers ran out")
        return faults


def storage_fails_during_a_batch(stage, mode):
    batch = stage.begun(f"batch-{mode}", 40)
    met = stage.proxy.fault(mode)
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
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        sys.exit("error: libfaketime is not installed: apt-get install faketime (make test does it)")
    offset = stage.cluster.folder / "offset"
    offset.write_text("+0")
    stage.cluster.start_worker("jumper", {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": offset, "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "DOCMILL_LOG__LEVEL": "debug"})
    batch = stage.begun("clock", 40)
    for jump in ("+2h", "-2h", "+0"):
        offset.write_text(jump)
        time.sleep(4)
    stage.journal.wait(batch)
    log = stage.cluster.workers["jumper"].log.read_text().splitlines()
    seen = [datetime.fromisoformat(line.split()[0].replace("Z", "+00:00")) for line in log if line[:2] == "20"]
    ahead = max(seen) - datetime.now(timezone.utc)
    assert ahead > timedelta(hours=1), f"the worker's clock was never ahead: {ahead}"
    return f"the worker's clock was {ahead.total_seconds() / 3600:.1f} h ahead"


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
PARTS += [("starved pool", starved_pool), ("jumping clock", jumping_clock)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(given.docmill.absolute(), Path(folder))
        with telling(stage.cluster):
            for name, part in PARTS:
                begun = time.monotonic()
                told, faults = part(stage), stage.recount()
                print(f"--- {name}: {'FAILED' if faults else 'ok'}, {time.monotonic() - begun:.0f} s, {told}", *faults, sep="\n", flush=True)
                assert not faults
        stage.cluster.stop()
        the_checker_sees(stage)
        stage.bucket.stop()
        stage.database.stop()
    print(f"{len(PARTS)} faults, {len(stage.journal.batches)} batches recounted, nothing wrong")


if __name__ == "__main__":
    main()
