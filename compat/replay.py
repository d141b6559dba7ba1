"""Sends captured raw requests of the official SDKs again, byte for byte, and asserts what each is answered.

    replay.py FOLDER

FOLDER holds captures: `*.txt` with a line `##### request N` before each, and `*/*.http` with one each. Header lines end
in LF there, and CRLF of multipart bodies is written as `\\r\\n` and a line break; the lengths of the captures say whether
they were read right. Replaced by live ones are: the host, the key, the ids that the capture's listener invented, and
`expires_at`, which lies in the past by now. The length follows the ids; everything else goes out as it was captured.
"""
import http.client
import json
import os
import re
import socket
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlparse

from http_kit import Answer, Http, check_described

PDF = (Path(__file__).resolve().parent.parent / "examples/documents/invoice.pdf").read_bytes()
PLACEHOLDER = re.compile(rb"\b(?:dir-11111111-2222-3333-4444-555555555555|bat-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
                         rb"|(?:pjb|ext|dir|dfl|f|cfg|prj|whc|bat)-[12]\b|(?<=file_ids=)[ab]\b)")
JOB = ["id", "project_id", "status", "created_at", "updated_at"]
BATCH = ["id", "project_id", "source_directory_id", "config", "status", "created_at", "updated_at"]
FILE = ["id", "directory_id", "project_id", "display_name", "unique_id"]
PAGE = ["items", "next_page_token"]

# Method and path, the words that the body must have for this line to count, status, fields that the contract requires.
EXPECTED = [
    ("POST /api/v1/beta/directories$", b"", 200, ["id", "name", "project_id", "type", "expires_at"]),
    ("GET /api/v1/beta/directories\\?", b"", 200, PAGE),
    ("DELETE /api/v1/beta/directories/[^/]+$", b"", 204, None),
    # The second nameless upload: `upload` is the unique id of other bytes by then (contract 2.3).
    ("POST /api/v1/beta/directories/[^/]+/files/upload$", b"\r\nraw\r\n", 409, ["detail"]),
    ("POST /api/v1/beta/directories/[^/]+/files/upload$", b"", 200, FILE),
    ("POST /api/v1/beta/directories/[^/]+/files$", b"", 200, [*FILE, "metadata"]),
    ("GET /api/v1/beta/directories/[^/]+/files/[^/]+\\?", b"", 200, FILE),
    # Metadata values are texts, numbers, booleans or lists of texts (contract 2.3); this one is a list of numbers.
    ("PATCH /api/v1/beta/directories/[^/]+/files/", b'"a":[1,2]', 422, ["detail"]),
    ("POST /api/v1/beta/files$", b"", 201, ["id", "name", "project_id", "purpose"]),
    ("GET /api/v1/beta/files\\?", b"", 200, PAGE),
    ("GET /api/v1/beta/files/[^/]+/content\\?", b"", 200, ["url", "expires_at"]),
    ("POST /api/v1/beta/configurations$", b"", 200, ["id", "name", "product_type", "version", "parameters"]),
    ("GET /api/v1/beta/configurations\\?", b"", 200, PAGE),
    ("PUT /api/v1/beta/configurations/", b"", 200, ["id", "name", "product_type", "version", "parameters"]),
    # `https://x` is no name that resolves, which only its delivery can tell.
    ("POST /api/v1/beta/webhook-configs$", b"", 200, ["id", "tenant_id", "tenant_type", "webhook_url", "has_secret"]),
    ("GET /api/v2/webhook-configs\\?", b"", 200, [*PAGE, "total_size"]),
    ("POST /api/v2/batches$", b"", 200, BATCH),
    ("POST /api/v2/batches/[^/]+/cancel$", b"", 200, BATCH),
    ("GET /api/v2/batches\\?.*page_token", b"", 422, ["detail"]),  # a token of the capture's listener
    ("GET /api/v2/batches\\?", b"", 200, PAGE),
    ("GET /api/v2/batches/[^/]+\\?expand=results$", b"", 200, [*BATCH, "results"]),
    ("GET /api/v2/batches/[^/]+$", b"", 200, BATCH),
    ("POST /api/v2/parse(/upload)?$", b"", 200, JOB),
    ("GET /api/v2/parse\\?", b"", 200, PAGE),
    ("GET /api/v2/parse/[^/]+\\?.*expand=items", b"", 200, ["job", "status", "markdown", "items", "metadata"]),
    ("GET /api/v2/parse/[^/]+\\?expand=markdown$", b"", 200, ["job", "status", "markdown"]),
    ("GET /api/v2/parse/[^/]+$", b"", 200, ["job", "status"]),
    ("POST /api/v2/extract$", b"", 200, [*JOB, "file_input"]),
    ("GET /api/v2/extract/[^/]+\\?", b"", 200, [*JOB, "file_input", "extract_result", "extract_metadata", "configuration"]),
    ("GET /api/v2/extract/[^/]+$", b"", 200, [*JOB, "file_input", "extract_result"]),
    ("DELETE /api/v2/extract/", b"", (200, 204), None),
    ("POST /api/v2/extract/schema/validation$", b"", (200, 422), None),
    ("POST /api/v2/extract/schema/generate$", b"", 200, ["name", "parameters"]),
]


class World:
    """Live things behind the captures' invented ids, made when they are first named, and again after a deletion."""

    def __init__(self, http):
        self.http, self.live = http, {}

    def id(self, name):
        if name not in self.live:
            self.live[name] = self.make(name)
        return self.live[name]

    def make(self, name):
        kind = name.split("-")[0]
        if kind == "bat":
            files = 300 if name == "bat-1" else 1  # the one that is cancelled must not be done by then
            return self.batch(self.directory(files), wait=name != "bat-1")
        made = {
            "dir": lambda: self.directory(1), "dfl": self.entry, "f": self.file, "a": self.file, "b": self.file,
            "cfg": self.configuration, "pjb": self.parse, "ext": self.extract, "prj": self.project, "whc": self.webhook,
        }
        return made[kind]()

    def post(self, path, body):
        return self.http.call("POST", path, body).expect(200)["id"]

    def directory(self, files):
        made = self.post("/api/v1/beta/directories", {"name": "replay"})
        for number in range(files):
            # A comment after the end makes each a content of its own: what was read before is not read again.
            self.upload(made, f"{number}.pdf", PDF + f"\n% {made} {number}\n".encode())
        return made

    def upload(self, directory, name, data=PDF):
        path = f"/api/v1/beta/directories/{directory}/files/upload"
        return self.http.call("POST", path, form=[("upload_file", (name, data))]).expect(200)["id"]

    def entry(self):
        return self.upload(self.id("dir-1"), "entry.pdf")

    def file(self):
        form = [("purpose", "parse"), ("file", ("invoice.pdf", PDF))]
        return self.http.call("POST", "/api/v1/beta/files", form=form).expect(201)["id"]

    def configuration(self):
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        parameters = {"product_type": "extract_v2", "data_schema": schema}
        return self.post("/api/v1/beta/configurations", {"name": f"replay {time.time_ns()}", "parameters": parameters})

    def batch(self, directory, wait):
        job = {"type": "parse_v2", "configuration_id": "cfg-PARSE_AGENTIC"}
        made = self.post("/api/v2/batches", {"source_directory_id": directory, "config": {"job": job}})
        return self.ended(f"/api/v2/batches/{made}") if wait else made

    def parse(self):
        made = self.post("/api/v2/parse", {"file_id": self.file(), "tier": "agentic", "version": "latest"})
        return self.ended(f"/api/v2/parse/{made}")

    def extract(self):
        schema = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}
        configuration = {"data_schema": schema, "cite_sources": True}
        return self.ended("/api/v2/extract/" + self.post("/api/v2/extract",
                                                         {"file_input": self.file(), "configuration": configuration}))

    def ended(self, path):
        while (body := self.http.call("GET", path).expect(200))["status"] not in ("COMPLETED", "FAILED", "CANCELLED"):
            time.sleep(0.1)
        assert body["status"] == "COMPLETED", body
        return body["id"]

    def project(self):
        return self.http.call("GET", "/api/v1/projects").expect(200)[0]["id"]

    def webhook(self):
        return self.post("/api/v1/beta/webhook-configs", {"webhook_url": "https://example.com/hook"})

    def gone(self, given):
        """What was deleted or cancelled is made anew for the next request. A directory takes its entries along."""
        gone = [name for name, live in self.live.items() if live.encode() in given]
        for name in [*gone, "dfl-1"]:
            self.live.pop(name, None)


def captures(folder):
    """Name and bytes of every captured request."""
    for path in sorted(folder.glob("*.txt")):
        parts = re.split(rb"^##### request (\d+)\n", path.read_bytes(), flags=re.MULTILINE)
        for number, text in zip(parts[1::2], parts[2::2]):
            yield f"{path.stem} {number.decode()}", text
    for path in sorted(folder.glob("*/*.http")):
        yield f"{path.parent.name}/{path.stem}", path.read_bytes()


def read(name, text):
    """Head lines and body as they were on the wire."""
    head, _, rest = text.partition(b"\n\n")
    lines = head.split(b"\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    body = rest.replace(b"\\r\\n\n", b"\r\n")[:length]
    assert len(body) == length, f"{name}: {length} bytes were captured, {len(body)} are there"
    multipart = any(b"multipart/form-data" in line for line in lines)
    assert not multipart or body.endswith(b"--\r\n"), f"{name}: the form does not end where its length says"
    return lines, body


def alive(world, text):
    text = PLACEHOLDER.sub(lambda found: world.id(found[0].decode()).encode(), text)
    later = (datetime.now(timezone.utc) + timedelta(days=2)).isoformat(timespec="seconds").split("+")[0].encode()
    return re.sub(rb'(?<="expires_at":")[0-9T:-]+', later, text)


def send(url, key, world, lines, body):
    """The answer to the request with its live ids."""
    address = urlparse(url)
    body = alive(world, body)
    sent = []
    for line in lines:
        line = re.sub(rb"(?i)^(host): .*", rb"\1: " + address.netloc.encode(), line)
        line = line.replace(b"<redacted>", key.encode())
        if re.match(rb"(?i)content-length:", line):
            line = line.split(b":")[0] + b": " + str(len(body)).encode()
        sent.append(line)
    sent[0] = alive(world, sent[0])
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(b"\r\n".join(sent) + b"\r\n\r\n" + body)
        answer = http.client.HTTPResponse(connection, method=sent[0].split()[0].decode())
        answer.begin()
        data = answer.read()
    return sent[0].decode(), answer, data


def check(name, line, body, answer, data):
    method, path, _ = line.split(" ")
    found = [row for row in EXPECTED if re.match(row[0], f"{method} {path}") and row[1] in body]
    assert found, f"{name}: nothing is expected of {method} {path}; add it to the table"
    _, _, status, fields = found[0]
    wanted = status if isinstance(status, tuple) else (status,)
    assert answer.status in wanted, f"{name}: {method} {path}: {answer.status} {data[:1_000]}"
    if fields is not None:
        read = json.loads(data)
        missing = [field for field in fields if field not in read]
        assert not missing, f"{name}: {method} {path}: without {missing}: {data[:1_000]}"
    check_described(method, path, Answer(answer.status, answer.headers, data))


def main():
    url, key = os.environ["LLAMA_CLOUD_BASE_URL"], os.environ["LLAMA_CLOUD_API_KEY"]
    world = World(Http(url, key))
    count = 0
    for name, text in captures(Path(sys.argv[1])):
        lines, body = read(name, text)
        line, answer, data = send(url, key, world, lines, body)
        check(name, line, body, answer, data)
        if line.startswith("DELETE") or "/cancel" in line:
            world.gone(line.encode())
        count += 1
    assert count, "the folder has no captures"
    print(f"replay: {count} captured requests, every answer as expected")


main()
