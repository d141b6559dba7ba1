#!/usr/bin/env python3
"""What the orchestration costs: one-line text files from create to COMPLETED, beside a bare loop in the same run.

    bench/orchestration.py --docmill BINARY [--files 1000] [--batches 10]

Two workloads on a fresh server: one batch of --files files, then --batches batches of --files at once. The bare loop is
what no durable queue can avoid: for every file one output written and fsynced as the server does it, and the same
number of SQLite commits (WAL, synchronous=FULL) over the same number of rows, read off the server's own counters. The
time that the reader children spent on the documents is printed apart.
"""
import argparse
import http.client
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlparse

KEY = "llx-bench-0123456789abcdef"


class Client:
    def __init__(self, address, key):
        self.address, self.key = address, key

    def connect(self):
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)

    def call(self, method, path, body=None, headers=None, connection=None):
        connection = connection or self.connect()
        headers = {"Authorization": f"Bearer {self.key}", **(headers or {"Content-Type": "application/json"})}
        connection.request(method, path, body=body if body is None or isinstance(body, bytes) else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            sys.exit(f"error: {method} {path}: {answer.status} {text}")
        return json.loads(text) if text.startswith(("{", "[")) else text


class Server(Client):
    def __init__(self, binary, folder, *arguments):
        self.log = folder / "server.log"
        environment = os.environ | {"DOCMILL_BOOTSTRAP_KEY": KEY, "DOCMILL_LOG__LEVEL": "warn"}
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--data", folder / "data", *arguments]
        self.process = subprocess.Popen(command, env=environment, stderr=self.log.open("w"))
        while not (found := re.search(r"listening on (http://\S+)", self.log.read_text())):
            if self.process.poll() is not None:
                sys.exit(f"error: the server did not start:\n{self.log.read_text()}")
            time.sleep(0.02)
        super().__init__(urlparse(found.group(1)), KEY)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def counters(self):
        """Counters and gauges of /metrics without labels, by name."""
        lines = self.call("GET", "/metrics").splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#")) if "{" not in name}

    def memory_mib(self):
        """Resident memory of the server process itself, without its children."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def directory_of(server, count):
    directory = server.call("POST", "/api/v1/beta/directories", {"name": "bench", "type": "ephemeral"})["id"]
    boundary = "bench-boundary"

    def upload(numbers):
        connection = server.connect()
        for number in numbers:
            body = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"upload_file\"; filename=\"{number}.txt\"\r\n"
                    f"Content-Type: text/plain\r\n\r\nLine {number} of directory {directory}.\r\n--{boundary}--\r\n").encode()
            server.call("POST", f"/api/v1/beta/directories/{directory}/files/upload", body,
                        {"Content-Type": f"multipart/form-data; boundary={boundary}"}, connection)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, [range(part, count, 4) for part in range(4)]))
    return directory


def run_batches(server, directories):
    """Seconds from the first create until all are COMPLETED, the server's largest memory seen meanwhile, and how far
    eta_seconds was off: the median of |eta - time that was left| of every look after the first tenth, in percent of the
    batch's time."""
    begin, largest, looks, off = time.monotonic(), 0.0, {}, []
    body = {"config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_COST_EFFECTIVE"}}}
    open_batches = {server.call("POST", "/api/v2/batches", {**body, "source_directory_id": directory})["id"] for directory in directories}
    connection = server.connect()
    while open_batches:
        time.sleep(0.02)
        largest = max(largest, server.memory_mib())
        batch = server.call("GET", f"/api/v2/batches/{min(open_batches)}", connection=connection)
        now = time.monotonic()
        if batch["eta_seconds"] is not None and batch["progress"] >= 0.1:
            looks.setdefault(batch["id"], []).append((now, batch["eta_seconds"]))
        if batch["status"] == "COMPLETED":
            open_batches.discard(batch["id"])
            off += [abs(eta - (now - at)) / (now - begin) for at, eta in looks.pop(batch["id"], [])]
        elif batch["status"] in ("FAILED", "CANCELLED"):
            sys.exit(f"error: {batch}")
    return time.monotonic() - begin, largest, 100 * statistics.median(off) if off else float("nan")


def bare_output(folder, number):
    """An output as the server writes it: the file, its folder and the folder above fsynced."""
    target = folder / f"{number}" / "pages.jsonl"
    target.parent.mkdir()
    with open(f"{target}#1", "wb") as output:
        output.write(b"x" * 400)
        output.flush()
        os.fsync(output.fileno())
    os.rename(f"{target}#1", target)
    for parent in (target.parent, folder):
        handle = os.open(parent, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def bare_loop(folder, files, commits):
    """The same outputs, fsyncs, rows and commits without any queue around them."""
    folder.mkdir()
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE job(id INTEGER PRIMARY KEY, state INTEGER, result TEXT);")
    database.execute("BEGIN")
    database.executemany("INSERT INTO job VALUES (?, 0, NULL)", ((number,) for number in range(files)))
    database.execute("COMMIT")
    begin = time.monotonic()
    done = 0
    for commit in range(commits):
        until = files * (commit + 1) // commits
        for number in range(done, until):
            bare_output(folder, number)
        database.execute("BEGIN IMMEDIATE")
        database.executemany("UPDATE job SET state = 2, result = ? WHERE id = ?", (("{}", number) for number in range(done, until)))
        database.execute("COMMIT")
        done = until
    return time.monotonic() - begin


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--batches", type=int, default=10)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        server = Server(given.docmill.absolute(), folder)
        print("| workload | files | docmill s | bare loop s | ratio | engine s | commits | server MiB before | server MiB at most | eta off % |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for name, batches in (("one batch", 1), (f"{given.batches} batches at once", given.batches)):
            directories = [directory_of(server, given.files) for _ in range(batches)]
            before, memory = server.counters(), server.memory_mib()
            seconds, largest, off = run_batches(server, directories)
            after, files = server.counters(), given.files * batches
            commits = int(after["docmill_queue_commits_total"] - before["docmill_queue_commits_total"])
            engine = (after["docmill_reader_microseconds_total"] - before["docmill_reader_microseconds_total"]) / 1e6
            bare = bare_loop(folder / name.replace(" ", "-"), files, commits)
            print(f"| {name} | {files} | {seconds:.2f} | {bare:.2f} | {seconds / bare:.2f} | {engine:.2f} | {commits} | {memory:.0f} | {largest:.0f} | {off:.0f} |", flush=True)
        server.stop()


if __name__ == "__main__":
    main()
