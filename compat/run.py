#!/usr/bin/env python3
"""Starts a fresh server and runs every driver against it; with a guide, also the guide's own samples; with captured
requests, also those.

    run.py --docmill BINARY --work FOLDER [--guide GUIDE.md] [--samples FOLDER] [--cluster] [--only PATTERN]
    run.py --work FOLDER --install

--cluster: the server is an API without workers and two `docmill worker` processes on PostgreSQL and S3. --only: the
drivers whose whole names match. FOLDER keeps the installed SDKs between runs; --install does no more than that. Exits 0 only when everything ran and printed what it must, and when every
operation of openapi.json was called with success, by the server's own count (not with --only).
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cluster import KEY, on_postgres_and_s3

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples" / "documents"
PYTHON_SDKS = ("2.9.1", "newest")
# What the SDKs do not call goes through plain HTTP, with tools of an environment of its own.
ENVIRONMENTS = (*PYTHON_SDKS, "checks")


def install(work):
    """The pinned SDKs, from PyPI and npm; skipped when they stand already."""
    for name in ENVIRONMENTS:
        venv, wanted = work / f"python-{name}", HERE / f"requirements-{name}.txt"
        done = venv / "installed.txt"
        if not done.exists() or done.read_text() != wanted.read_text():
            subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
            subprocess.run([venv / "bin/pip", "install", "-q", "--disable-pip-version-check", "-r", wanted], check=True)
            done.write_text(wanted.read_text())
    modules, wanted = work / "typescript", (HERE / "package.json").read_text()
    done = modules / "installed.json"
    if not done.exists() or done.read_text() != wanted:
        shutil.rmtree(modules, ignore_errors=True)
        modules.mkdir(parents=True)
        shutil.copy(HERE / "package.json", modules)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=modules, check=True)
        done.write_text(wanted)
    for driver in HERE.glob("*.mjs"):
        shutil.copy(driver, modules)


def invoices(folder):
    """The guide's ./invoices: three good PDFs and one cut in half."""
    target = folder / "invoices"
    target.mkdir(parents=True)
    for name in ("invoice.pdf", "letter.pdf", "rotated.pdf"):
        shutil.copy(EXAMPLES / name, target)
    whole = (EXAMPLES / "article.pdf").read_bytes()
    (target / "truncated.pdf").write_bytes(whole[: len(whole) // 2])
    return folder


class Server:
    """A freshly started server on a free port, with its log beside its data."""

    def __init__(self, binary, folder):
        self.log = folder / "server.log"
        # The receivers of webhooks in the drivers listen on this machine.
        allowed = {"DOCMILL_NETWORK__ALLOWED_HOSTS": '["127.0.0.1"]'}
        environment = os.environ | {"DOCMILL_BOOTSTRAP_KEY": KEY} | allowed
        self.process = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--data", folder / "data"],
                                        env=environment, stderr=self.log.open("w"))
        self.url = self.wait_for_address()

    def wait_for_address(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"listening on (http://\S+)", self.log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.05)
        sys.exit(f"error: the server did not start:\n{self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        if self.process.wait(60) != 0:
            sys.exit(f"error: the server ended with {self.process.returncode}:\n{self.log.read_text()}")


@contextlib.contextmanager
def one_server(binary, folder):
    server = Server(binary, folder)
    yield server.url
    server.stop()


@contextlib.contextmanager
def a_cluster(binary, folder, python):
    with on_postgres_and_s3(binary, python, folder) as cluster:
        yield cluster.url
        print(cluster.told())


def drivers(binary, work, folder, guide, samples):
    """Name, command and what its output must hold."""
    node, modules = work / "typescript/node_modules/node/bin/node", work / "typescript/node_modules"
    for name in PYTHON_SDKS:
        python = work / f"python-{name}/bin/python"
        yield f"python {name}", [python, HERE / "batches.py", folder / "invoices"], r"every answer as expected"
        yield f"helpers, python {name}", [python, HERE / "helpers.py", EXAMPLES], r"every answer as expected"
        if guide:
            yield f"guide, python {name}", [python, HERE / "guide.py", guide, "python", "--folder", folder], SAMPLES_PRINT
    expected = r"every answer as expected"
    newest, checks = work / "python-newest/bin/python", work / "python-checks/bin/python"
    for kind in ("sync", "async"):
        yield f"resources, python {kind}", [newest, HERE / "resources.py", kind, EXAMPLES], expected
    for name in ("resources", "helpers"):
        yield f"{name}, typescript", [node, work / f"typescript/{name}.mjs", EXAMPLES], expected
    for name in ("plain", "benchmarks"):
        yield name, [checks, HERE / f"{name}.py", EXAMPLES], expected
    yield "buckets", [checks, HERE / "buckets.py", binary, EXAMPLES], expected
    if samples:
        yield "replay", [checks, HERE / "replay.py", samples], expected
    yield "typescript", [node, work / "typescript/batches.mjs", folder / "invoices"], expected
    if guide:
        yield "guide, typescript", [sys.executable, HERE / "guide.py", guide, "typescript", "--folder", folder,
                                    "--node", node, "--modules", modules], SAMPLES_PRINT


# The guide's loop prints one failure, and its last sample a status for each of the four jobs.
SAMPLES_PRINT = r"(?s)^bat-\S+ PENDING\n.*^COMPLETED\n(?!.*failed:.*failed:).*failed:.*(^pjb-\S+ (COMPLETED|FAILED)\n){4}.*samples ran"


def run(driver, url):
    name, command, expected = driver
    environment = os.environ | {"LLAMA_CLOUD_API_KEY": KEY, "LLAMA_CLOUD_BASE_URL": url}
    begun = time.monotonic()
    ran = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    good = ran.returncode == 0 and re.search(expected, ran.stdout, flags=re.MULTILINE)
    print(f"--- {name}: {'ok' if good else f'FAILED (exit {ran.returncode})'}, {time.monotonic() - begun:.0f} s\n{ran.stdout}", flush=True)
    return bool(good)


def uncalled(url):
    """Operations of openapi.json that the server did not answer with success, by its own count of requests."""
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        metrics = answer.read().decode()
    counted = re.findall(r'http_requests_total\{method="(\w+)",route="([^"]*)",status="2\d\d"\} \d', metrics)
    document = json.loads((HERE.parent / "openapi.json").read_text(encoding="utf-8"))
    described = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    return [f"{method} {path}" for method, path in described if (method, path) not in counted]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--guide", type=Path)
    options.add_argument("--samples", type=Path, help="captured requests of the SDKs, see replay.py")
    options.add_argument("--install", action="store_true")
    options.add_argument("--cluster", action="store_true")
    options.add_argument("--only", default=".*", help="a regular expression")
    given = options.parse_args()
    work = given.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    install(work)
    if given.install:
        return
    if given.docmill is None:
        options.error("--docmill is missing")
    with tempfile.TemporaryDirectory() as temporary:
        folder = invoices(Path(temporary))
        binary = given.docmill.absolute()
        guide = given.guide.absolute() if given.guide else None
        samples = given.samples.absolute() if given.samples else None
        every = list(drivers(binary, work, folder, guide, samples))
        chosen = [driver for driver in every if re.fullmatch(given.only, driver[0])]
        server = a_cluster(binary, folder, work / "python-checks/bin/python") if given.cluster else one_server(binary, folder)
        with server as url, ThreadPoolExecutor(max_workers=4) as pool:
            outcomes = list(pool.map(lambda driver: run(driver, url), chosen))
            missed = uncalled(url) if len(chosen) == len(every) else []
    if missed:
        print(f"error: no driver called with success: {', '.join(missed)}")
        outcomes.append(False)
    print(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed")
    sys.exit(0 if outcomes and all(outcomes) else 1)


if __name__ == "__main__":
    main()
