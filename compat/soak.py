#!/usr/bin/env python3
"""A soak on PostgreSQL and S3: documents of all kinds, a worker killed with -9 every 30 seconds, and the memory of every
process over time, as a table and as a plot. At the end everything is recounted (checker.py).

    soak.py --docmill BINARY --out FOLDER [--documents 2000] [--every 30]

writes FOLDER/soak.csv and FOLDER/soak.svg. It runs in the environment of the checks, see run.py.
"""
import argparse
import csv
import io
import itertools
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import checker
from cluster import BLOBS, Bucket, Cluster, Postgres, rows, telling
from journal import Journal, texts

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "documents"
BATCH = 200
# What makes each copy another document, so that it is read and no result is used again: bytes at its end, or the comment of
# the archive that it is.
TAIL = {".pdf": "\n%% copy {}\n", ".html": "\n<!-- copy {} -->\n", ".svg": "\n<!-- copy {} -->\n", ".txt": "\ncopy {}\n",
        ".md": "\ncopy {}\n", ".eml": "\ncopy {}\n", ".csv": "\ncopy {},,\n"}
ARCHIVES = {".docx", ".pptx", ".xlsx", ".odt", ".ods", ".odp", ".epub"}
# Why the examples that cannot be read fail: a protected PDF and a file of no known kind.
UNREADABLE = {"PDF_IS_PROTECTED", "UNSUPPORTED_FILE_TYPE"}
COLOURS = {"api": "#1f77b4", "worker": "#2ca02c", "reader": "#d62728", "postgres": "#9467bd"}
WIDTH, HEIGHT, LEFT, BOTTOM = 900, 360, 60, 40


def copy(path, number):
    """The bytes of a document that is read like this one and is another."""
    if path.suffix in TAIL:
        return path.read_bytes() + TAIL[path.suffix].format(number).encode()
    copied = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(copied, "a") as archive:
        archive.comment = f"copy {number}".encode()
    return copied.getvalue()


def documents(count):
    """Names and bytes: the examples in turn, and between them generated texts."""
    examples = [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in TAIL.keys() | ARCHIVES]
    generated = texts("soak", count, 400)
    for number, path in zip(range(count), itertools.cycle([*examples, None, None])):
        if path is None:
            yield next(generated)
        else:
            yield f"{number:05}-{path.name}", copy(path, number)


def once():
    """Examples of the other kinds, each once: those that OCR reads are slow."""
    others = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file() and path.suffix not in TAIL.keys() | ARCHIVES]
    return [(f"once-{path.name}", path.read_bytes()) for path in others]


def memory():
    """Resident MiB and parent of every process."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            about = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if "VmRSS" in about:
            yield int(status.parent.name), int(about["PPid"]), int(about["VmRSS"].split()[0]) / 1024


def sample(cluster, database):
    """MiB of each process of docmill, and the largest of PostgreSQL's."""
    known = {cluster.api.pid: "api"} | {worker.pid: name for name, worker in cluster.workers.items()}
    seen = list(memory())
    for pid, parent, mib in seen:
        if pid in known:
            yield known[pid], pid, mib
        elif known.get(parent, "").startswith("worker"):
            yield "reader", pid, mib
    yield "postgres", database.process.pid, max((mib for pid, parent, mib in seen if parent == database.process.pid), default=0)


class Watch:
    """Samples every second, kills a worker every `every` seconds and starts another in its place."""

    def __init__(self, cluster, database, every):
        self.cluster, self.database, self.every = cluster, database, every
        self.begun = self.killed_at = time.monotonic()
        self.samples, self.kills = [], []

    def step(self):
        time.sleep(1)
        now = time.monotonic()
        self.samples += [(now - self.begun, *found) for found in sample(self.cluster, self.database)]
        if now - self.killed_at >= self.every:
            self.killed_at = now
            self.kills.append(now - self.begun)
            oldest = next(iter(self.cluster.workers))
            self.cluster.workers.pop(oldest).kill()
            self.cluster.start_worker(f"worker-{len(self.kills) + 2}")


def plot(samples, kills):
    """Memory over time as SVG: one line a process, a grey line where a worker was killed."""
    longest, most = max(row[0] for row in samples), max(row[3] for row in samples) * 1.05
    x = lambda at: LEFT + (WIDTH - LEFT - 10) * at / longest
    y = lambda mib: HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 30) * mib / most
    lines = {}
    for at, name, pid, mib in samples:
        lines.setdefault((name.split("-")[0], pid), []).append(f"{x(at):.1f},{y(mib):.1f}")
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    svg += [f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="30" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>' for at in kills]
    svg += [f'<polyline fill="none" stroke="{COLOURS[kind]}" points="{" ".join(points)}"/>' for (kind, _), points in lines.items()]
    for part in range(5):
        mib, at = most * part / 4.4, longest * part / 4.4
        svg.append(f'<text x="{LEFT - 6}" y="{y(mib) + 4:.0f}" text-anchor="end">{mib:.0f}</text>')
        svg.append(f'<text x="{x(at):.0f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{at:.0f} s</text>')
    svg += [f'<text x="{LEFT + 110 * index}" y="18" fill="{colour}">{kind}, MiB</text>' for index, (kind, colour) in enumerate(COLOURS.items())]
    return "\n".join([*svg, f'<text x="{LEFT + 440}" y="18" fill="#999">grey: a worker is killed</text>', "</svg>\n"])


def write(out, watch):
    out.mkdir(parents=True, exist_ok=True)
    with (out / "soak.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["seconds", "process", "pid", "mib"])
        table.writerows((f"{at:.1f}", name, pid, f"{mib:.1f}") for at, name, pid, mib in watch.samples)
    (out / "soak.svg").write_text(plot(watch.samples, watch.kills))


def send(journal, count):
    """Creates every batch, a directory at a time."""
    files = documents(count)
    while part := list(itertools.islice(files, BATCH)):
        journal.batch(journal.directory("soak", part), len(part), "cfg-PARSE_COST_EFFECTIVE")
    journal.batch(journal.directory("once", once()), len(once()), "cfg-PARSE_COST_EFFECTIVE")


def run(cluster, database, count, every):
    """Watches from the first upload until all batches have ended."""
    journal, watch = Journal(cluster.url, timeout=60), Watch(cluster, database, every)
    with ThreadPoolExecutor(1) as pool:
        sent, ended = pool.submit(send, journal, count), set()
        while not sent.done() or ended != journal.batches.keys():
            watch.step()
            ended |= {batch for batch in journal.batches.keys() - ended
                      if journal.status(f"bat-{batch}").get("status") in ("COMPLETED", "FAILED", "CANCELLED")}
        sent.result()
    return journal, watch


def summary(watch):
    """First, last and largest MiB of each kind of process; a worker that was killed ends the line of its process."""
    for kind in COLOURS:
        mine = [mib for _, name, _, mib in watch.samples if name.split("-")[0] == kind]
        yield f"{kind}: {mine[0]:.0f} MiB first, {mine[-1]:.0f} last, {max(mine):.0f} at most"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--documents", type=int, default=2_000)
    options.add_argument("--every", type=int, default=30)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        database, bucket = Postgres(), Bucket(sys.executable, folder)
        cluster = Cluster(given.docmill.absolute(), folder, database.url, BLOBS, bucket.environment())
        with telling(cluster):
            journal, watch = run(cluster, database, given.documents, given.every)
            write(given.out, watch)
            faults = checker.recount(database.url, journal.batches, bucket.keys()) + journal.wrong
            lost = rows(database.url, "SELECT COALESCE(SUM(expiries), 0)::BIGINT AS leases FROM job")[0]["leases"]
            failed = checker.failures(database.url)
            print(*summary(watch), f"failed: {failed}", *faults, sep="\n")
            assert not faults and set(failed) == UNREADABLE
        cluster.stop()
        bucket.stop()
        database.stop()
    print(f"soak: {sum(journal.batches.values())} documents in {watch.samples[-1][0]:.0f} s, {len(watch.kills)} workers killed, "
          f"{lost} leases given to others, nothing wrong")


if __name__ == "__main__":
    main()
