"""docmill on PostgreSQL and S3, as real processes: a database server of the machine's own package, an S3 server that
checks signatures, an API without workers, and `docmill worker` processes.

Every process dies with the one that started it, however that ends.
"""
import atexit
import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEY = "llx-compat-0123456789abcdef"
BUCKET, PREFIX = "docmill", "blobs"
BLOBS = f"s3://{BUCKET}/{PREFIX}"
# Of each node, when something went wrong.
LINES_TOLD = 40


def free_port():
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def until(what, ready, seconds=60):
    """The first true answer of `ready`, which is asked again and again."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > deadline:
            sys.exit(f"error: waited {seconds} s for {what}")
        time.sleep(0.1)
    return found


class Process:
    """A program with its output in a log file; `user` is whom root becomes for it, `inside` a command that comes before that.
    To be started from the main thread: the kernel ends it with the thread that started it."""

    def __init__(self, name, command, log, environment=None, user=None, end="KILL", inside=(), **more):
        self.name, self.log = name, log
        become = ["--reuid", user, "--regid", user, "--clear-groups"] if user and os.getuid() == 0 else []
        with log.open("a") as output:
            self.process = subprocess.Popen([*inside, "setpriv", *become, "--pdeathsig", end, *map(str, command)],
                                            env=os.environ | (environment or {}), stderr=output,
                                            **({"stdout": output} | more))

    @property
    def pid(self):
        return self.process.pid

    def said(self, pattern):
        """Waits until the log holds `pattern`; answers the match."""
        def look():
            if self.process.poll() is not None:
                sys.exit(f"error: {self.name} ended with {self.process.returncode}:\n{self.log.read_text()}")
            return re.search(pattern, self.log.read_text())
        return until(f"{self.name} to say {pattern}", look)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, how=signal.SIGTERM):
        """Ends it in order; answers its exit code."""
        self.process.send_signal(how)
        return self.process.wait(60)


def postgres_programs():
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if not found:
        sys.exit("error: PostgreSQL is not installed: apt-get install postgresql (make test does it)")
    return max(found, key=lambda path: int(path.parent.name))


def postgres_folder(name):
    """A folder that the user postgres can write to."""
    folder = Path(tempfile.mkdtemp(prefix=f"docmill-{name}-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", pwd.getpwnam("postgres").pw_gid)
    return folder


def rows(url, sql):
    """What a query answers, as dicts; psql asks it."""
    command = ["psql", "-X", "-A", "-t", "-d", url, "-c", f"SELECT COALESCE(json_agg(row), '[]') FROM ({sql}) row"]
    return json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)


def execute(url, sql):
    subprocess.run(["psql", "-X", "-q", "-d", url, "-c", sql], check=True)


def answers(url):
    return subprocess.run(["psql", "-X", "-d", url, "-c", "SELECT 1"], capture_output=True).returncode == 0


class Postgres:
    """A fresh PostgreSQL server in a folder of its own, gone after `stop`, or with this process. `disk` is where its data
    lies instead, a `Disk`; `environment` what it runs with."""

    def __init__(self, *settings, disk=None, environment=None):
        self.folder, self.port = postgres_folder("postgres"), free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.data, self.disk, self.environment = self.folder / "data", disk, environment
        made = Process("initdb", [postgres_programs() / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                                  "--locale=C.UTF-8", "--no-sync"], self.folder / "log", user="postgres")
        if made.process.wait() != 0:
            sys.exit(f"error: no cluster was made:\n{made.log.read_text()}")
        if disk:
            self.data = disk.take(self.data)
        self.settings = [word for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", *settings)
                         for word in ("-c", setting)]
        self.start()
        if self.has_ended():
            sys.exit(f"error: PostgreSQL ended:\n{self.process.log.read_text()}")
        atexit.register(self.stop)

    def start(self):
        # Set by its own user: what comes before it is root's, and so would be what a library makes there.
        environment = [f"{name}={value}" for name, value in (self.environment or {}).items()]
        command = ["env", *environment, postgres_programs() / "postgres", "-D", self.data, "-p", self.port, *self.settings]
        self.process = Process("postgres", command, self.folder / "log", user="postgres", end="INT",
                               inside=self.disk.inside if self.disk else ())
        until("PostgreSQL to answer, or to end", lambda: answers(self.url) or self.has_ended())

    def has_ended(self):
        return self.process.process.poll() is not None

    def stop(self):
        self.process.stop(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Disk:
    """A small disk for PostgreSQL: a file system in memory, mounted in a namespace that lives as long as this process."""

    def __init__(self, mib):
        self.folder = postgres_folder("disk")
        owner = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else os.getuid()
        alone = ["--mount"] if os.getuid() == 0 else ["--user", "--map-current-user", "--keep-caps", "--mount"]
        mount = f'mount -t tmpfs -o size={mib}m,mode=700,uid={owner} tmpfs "$1" && echo mounted && exec sleep infinity'
        self.holder = Process("disk", ["sh", "-c", mount, "sh", self.folder], self.folder.with_suffix(".log"), inside=["unshare", *alone])
        self.holder.said("mounted")
        more = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
        self.inside = ["nsenter", "--target", self.holder.pid, *more, "--mount"]
        self.inside = [str(word) for word in self.inside]
        # The way to it from outside of the namespace.
        self.seen = Path(f"/proc/{self.holder.pid}/root{self.folder}")

    def take(self, folder):
        """Moves a folder onto the disk; where programs inside find it."""
        subprocess.run([*self.inside, "cp", "-a", folder, self.folder], check=True)
        shutil.rmtree(folder)
        return self.folder / folder.name

    def fill(self):
        """Takes all space that is left."""
        with (self.seen / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(1 << 20)):
                pass

    def free(self):
        (self.seen / "filler").unlink()

    def stop(self):
        self.holder.kill()
        self.folder.with_suffix(".log").unlink()
        shutil.rmtree(self.folder, ignore_errors=True)


class Bucket:
    """storage.py as a process; `python` is one that has what it imports."""

    def __init__(self, python, folder):
        self.process = Process("the S3 server", [python, HERE / "storage.py", BUCKET], folder / "storage.log",
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        told = self.process.process.stdout.readline()
        if not told:
            sys.exit(f"error: no S3 server:\n{self.process.log.read_text()}")
        self.told = json.loads(told)

    def environment(self, url=None):
        """What docmill needs to reach it, through another address when one is given."""
        return {"AWS_ACCESS_KEY_ID": self.told["key"], "AWS_SECRET_ACCESS_KEY": self.told["secret"],
                "AWS_REGION": self.told["region"], "AWS_ENDPOINT_URL": url or self.told["url"]}

    def s3(self):
        """Only where boto3 is installed: with the checks."""
        import boto3

        return boto3.client("s3", endpoint_url=self.told["url"], region_name=self.told["region"],
                            aws_access_key_id=self.told["key"], aws_secret_access_key=self.told["secret"])

    def keys(self, prefix=PREFIX):
        """Everything below a prefix of the bucket, without it."""
        pages = self.s3().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/")
        return {item["Key"].removeprefix(f"{prefix}/") for page in pages for item in page.get("Contents", [])}

    def copy(self, prefix):
        """Copies everything of docmill's to another prefix."""
        s3 = self.s3()
        for key in self.keys():
            s3.copy_object(Bucket=BUCKET, Key=f"{prefix}/{key}", CopySource={"Bucket": BUCKET, "Key": f"{PREFIX}/{key}"})

    def stop(self):
        self.process.kill()


class Cluster:
    """One API without workers, and workers, on a database and a place of blobs."""

    def __init__(self, binary, folder, database, blobs, environment, workers=2):
        self.binary, self.folder = binary, folder
        self.where = ["--database", database, "--blobs", blobs]
        # The receivers of webhooks in the drivers listen on this machine.
        self.environment = environment | {"DOCMILL_BOOTSTRAP_KEY": KEY, "DOCMILL_NETWORK__ALLOWED_HOSTS": '["127.0.0.1"]'}
        self.workers = {}
        self.api = self.start("api", ["serve", "--workers", 0, "--listen", "127.0.0.1:0"])
        self.url = self.api.said(r"listening on (http://\S+)")[1]
        for number in range(workers):
            self.start_worker(f"worker-{number + 1}")

    def start(self, name, arguments, environment=None):
        command = [self.binary, *arguments, *self.where, "--data", self.folder / f"data-{name}"]
        return Process(name, command, self.folder / f"{name}.log", self.environment | (environment or {}))

    def start_worker(self, name, environment=None):
        worker = self.start(name, ["worker", "--workers", 1, "--listen", "127.0.0.1:0"], environment)
        worker.said(r"worker \S+ is ready")
        worker.probes = worker.said(r"answering probes on (http://\S+)")[1]
        self.workers[name] = worker

    def told(self):
        """What the nodes said of faults, the last of each, for whoever has to find the reason of a failure."""
        logs = sorted(self.folder.glob("*.log"))
        lines = {log.stem: [line for line in log.read_text().splitlines() if re.search("ERROR|WARN|panicked", line)] for log in logs}
        return "\n".join(f"{name}: {line}" for name, found in lines.items() for line in found[-LINES_TOLD:])

    def stop(self):
        """Ends every process in order; what ended otherwise is an error."""
        for process in (self.api, *self.workers.values()):
            if (code := process.stop()) != 0:
                sys.exit(f"error: {process.name} ended with {code}:\n{process.log.read_text()}")


@contextlib.contextmanager
def telling(cluster):
    """Prints what the nodes said of faults when something goes wrong."""
    try:
        yield
    except BaseException:
        print(cluster.told())
        raise


@contextlib.contextmanager
def on_postgres_and_s3(binary, python, folder, workers=2):
    """A whole cluster with servers of its own."""
    database, bucket = Postgres(), Bucket(python, folder)
    cluster = Cluster(binary, folder, database.url, BLOBS, bucket.environment(), workers)
    yield cluster
    cluster.stop()
    bucket.stop()
    database.stop()
