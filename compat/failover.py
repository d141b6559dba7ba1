#!/usr/bin/env python3
"""A PostgreSQL failover under load: three nodes of Patroni in strict synchronous mode with etcd, haproxy before them, docmill
behind that one address. While batches are created and run, the primary's node dies (Patroni and PostgreSQL, kill -9)
and is replaced, and then the next primary's. At the end everything is recounted (checker.py).

    failover.py --docmill BINARY [--kills 2]

It runs in the environment of the checks, see run.py.
"""
import argparse
import atexit
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import checker
from cluster import BLOBS, Bucket, Cluster, Process, answers, free_port, postgres_folder, postgres_programs, rows, telling, until
from journal import Journal, texts

NODE = """
scope: docmill
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{hosts: "127.0.0.1:{etcd}"}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 6
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql: {{use_pg_rewind: true, parameters: {{max_connections: 200}}}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/{name}
  bin_dir: {programs}
  pgpass: {folder}/{name}.pgpass
  parameters: {{unix_socket_directories: {folder}}}
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
  authentication:
    superuser: {{username: postgres, password: postgres}}
    replication: {{username: replicator, password: replicator}}
"""
BALANCER = """
global
    maxconn 500
defaults
    mode tcp
    timeout connect 2s
    timeout client 30m
    timeout server 30m
    timeout check 2s
listen primary
    bind 127.0.0.1:{port}
    option httpchk GET /primary
    http-check expect status 200
    default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
"""
# Debian keeps it where only root looks.
HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")


class Patroni:
    """etcd, three nodes, and haproxy, which leads to the primary."""

    def __init__(self):
        self.folder, self.etcd, self.port = postgres_folder("patroni"), free_port(), free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        peer = f"http://127.0.0.1:{free_port()}"
        client = f"http://127.0.0.1:{self.etcd}"
        self.processes = {"etcd": self.start("etcd", [
            "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"])}
        self.nodes = {f"node{number}": (free_port(), free_port()) for number in (1, 2, 3)}
        for name, (port, rest) in self.nodes.items():
            (self.folder / f"{name}.yml").write_text(NODE.format(
                name=name, rest=rest, etcd=self.etcd, port=port, folder=self.folder, programs=postgres_programs()))
            self.start_node(name)
        servers = "".join(f"    server {name} 127.0.0.1:{port} check port {rest}\n" for name, (port, rest) in self.nodes.items())
        (self.folder / "haproxy.cfg").write_text(BALANCER.format(port=self.port) + servers)
        self.processes["haproxy"] = self.start("haproxy", [HAPROXY, "-db", "-f", self.folder / "haproxy.cfg"])
        atexit.register(self.stop)
        until("three nodes", self.is_whole, 120)
        until("an answer through haproxy", lambda: answers(self.url))

    def start(self, name, command):
        return Process(name, command, self.folder / f"{name}.log", user="postgres", end="TERM")

    def start_node(self, name):
        self.processes[name] = self.start(name, ["patroni", self.folder / f"{name}.yml"])

    def members(self):
        """What any living node says of all: name, role, state."""
        for _, rest in self.nodes.values():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{rest}/cluster", timeout=5) as answer:
                    return json.load(answer)["members"]
            except OSError:
                continue
        return []

    def primary(self):
        return next((member["name"] for member in self.members() if member["role"] == "leader"), None)

    def is_whole(self):
        """A primary, and two replicas of which one is synchronous."""
        roles = sorted(member["role"] for member in self.members() if member["state"] in ("running", "streaming"))
        return roles == ["leader", "replica", "sync_standby"]

    def kill_primary(self):
        """As the death of its machine: Patroni first, so that it does not restart its PostgreSQL. Answers its name."""
        name = self.primary()
        self.processes[name].kill()
        server = int((self.folder / name / "postmaster.pid").read_text().split()[0])
        family = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for pid in (server, *map(int, family)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return name

    def stop(self):
        for name in (*self.nodes, "haproxy", "etcd"):
            self.processes[name].stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def creates(journal, stopped):
    """Small batches one after the other until `stopped`, each acknowledged at last."""
    number = 0
    while not stopped.is_set():
        directory = journal.directory(f"small-{number}", texts(f"small-{number}", 3, 50))
        journal.batch(directory, 3)
        number += 1


def under_load(patroni, journal, kills):
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(creates, journal, stopped)
        try:
            for kill in range(kills):
                print(fail_over(patroni, journal, kill, load), flush=True)
        finally:
            stopped.set()
        load.result()
    journal.wait(*(f"bat-{batch}" for batch in journal.batches))


def fail_over(patroni, journal, kill, load):
    """Kills the primary in the middle of a batch and puts a new replica in its place; answers what was seen."""
    name, count = f"long-{kill}", 60
    batch = journal.batch(journal.directory(name, texts(name, count, 4_000)), count)
    until("a first result", lambda: journal.status(batch).get("counts", {}).get("completed", 0) > 0)
    acknowledged, begun = len(journal.batches), time.monotonic()
    died = patroni.kill_primary()
    until("another primary", lambda: patroni.primary() not in (None, died) and answers(patroni.url), 120)
    promoted = time.monotonic() - begun
    until("creates that are acknowledged", lambda: load.done() or len(journal.batches) > acknowledged + 2, 120)
    if load.done():
        load.result()
    # Its machine is replaced: a new replica with its name.
    shutil.rmtree(patroni.folder / died)
    patroni.start_node(died)
    until("three nodes again", patroni.is_whole, 180)
    return f"{died} died with {count} files at work, {patroni.primary()} answered after {promoted:.0f} s, all three were back after {time.monotonic() - begun:.0f} s"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--kills", type=int, default=2)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        patroni, bucket = Patroni(), Bucket(sys.executable, folder)
        cluster = Cluster(given.docmill.absolute(), folder, patroni.url, BLOBS, bucket.environment())
        journal = Journal(cluster.url)
        with telling(cluster):
            under_load(patroni, journal, given.kills)
            faults = checker.recount(patroni.url, journal.batches, bucket.keys()) + journal.wrong
            failed, files = checker.failures(patroni.url), sum(journal.batches.values())
            print(f"refused meanwhile: {dict(journal.refused)}", f"failed: {failed}", *faults, sep="\n")
            assert not faults and not failed
        cluster.stop()
        bucket.stop()
        again = rows(patroni.url, "SELECT COUNT(*) AS jobs FROM job WHERE attempt > 1")[0]["jobs"]
        patroni.stop()
    print(f"failover: {given.kills} primaries killed, {len(journal.batches)} batches with {files} files recounted, "
          f"{again} files begun more than once, nothing wrong")


if __name__ == "__main__":
    main()
