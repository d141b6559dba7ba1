"""A client that keeps a journal, outside of docmill, of what was acknowledged: each create is sent again under the same
Idempotency-Key until it is, so the journal is also what must be there, and nothing more."""
import collections
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

from cluster import KEY, until
from http_kit import multipart


# No answer, too many requests, not available, no space.
PASSING = (0, 429, 503, 507)


class Journal:
    def __init__(self, url, timeout=20):
        self.url, self.timeout = url, timeout
        # Batches without `bat-`, and their numbers of files.
        self.batches = {}
        # What came instead of an acknowledgement, and how often; and of that what no client should ever see.
        self.refused, self.wrong = collections.Counter(), []
        self.lock = threading.Lock()

    def ask(self, method, path, data=None, content="application/json", headers=None):
        """Status and body; status 0 when there was no answer."""
        sent = {"Authorization": f"Bearer {KEY}", "Content-Type": content} | (headers or {})
        request = urllib.request.Request(self.url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, ValueError) as error:
            return 0, type(error).__name__

    def create(self, path, data, content="application/json", seconds=180):
        """Sends a create until it is acknowledged."""
        headers, deadline = {"Idempotency-Key": uuid.uuid4().hex}, time.monotonic() + seconds
        while True:
            status, body = self.ask("POST", path, data, content, headers)
            if status and status < 300:
                return body
            with self.lock:
                self.refused[f"{status} {body[:200]}"] += 1
                if status not in PASSING:
                    self.wrong.append(f"POST {path}: {status} {body}")
            # What the client did wrong stays wrong.
            may_pass = status == 429 or not 400 <= status < 500
            assert may_pass and time.monotonic() < deadline, f"POST {path}: {status} {body}"
            time.sleep(0.3)

    def directory(self, name, files, at_once=4):
        """A directory with `files`, names and bytes."""
        directory = self.create("/api/v1/beta/directories", json.dumps({"name": name}).encode())["id"]

        def upload(file):
            content, data = multipart([("upload_file", file)])
            self.create(f"/api/v1/beta/directories/{directory}/files/upload", data, content)

        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(upload, files))
        return directory

    def batch(self, directory, files, configuration="cfg-PARSE_FAST"):
        body = {"source_directory_id": directory, "config": {"job": {"type": "parse_v2", "configuration_id": configuration}}}
        made = self.create("/api/v2/batches", json.dumps(body).encode())["id"]
        with self.lock:
            self.batches[made.removeprefix("bat-")] = files
        return made

    def status(self, batch):
        """What the API says of a batch; an empty dict when it says nothing."""
        status, body = self.ask("GET", f"/api/v2/batches/{batch}")
        return body if status == 200 else {}

    def wait(self, *batches, seconds=300):
        for batch in batches:
            until(f"the end of {batch}", lambda: self.status(batch).get("status") in ("COMPLETED", "FAILED", "CANCELLED"), seconds)


def texts(name, count, lines):
    """Text files that no other call with another name makes, so that no result is known before."""
    for number in range(count):
        yield f"{name}-{number:04}.txt", (f"File {number} of {name}.\n\n" + "One more line that has to be read.\n" * lines).encode()
