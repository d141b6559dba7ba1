#!/usr/bin/env python3
"""`docmill batch` from a bucket to a bucket, against a real S3 server (moto) that checks signatures.

    buckets.py BINARY EXAMPLES

LLAMA_CLOUD_BASE_URL and LLAMA_CLOUD_API_KEY name a running docmill for the run with --server.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from storage import REGION, Storage

BINARY, EXAMPLES = Path(sys.argv[1]), Path(sys.argv[2])


class Buckets(Storage):
    """The S3 server with a bucket of sources and one of results."""

    def __init__(self):
        super().__init__("inbox", "outbox")

    def put(self, key, body, bucket="inbox"):
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def names(self, prefix, bucket="outbox"):
        return sorted(item["Key"] for item in self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []))

    def text(self, key):
        return self.s3.get_object(Bucket="outbox", Key=key)["Body"].read().decode()

    def written(self, key):
        return self.s3.head_object(Bucket="outbox", Key=key)["LastModified"]


def docmill(storage, *arguments, secret=None, home):
    """Exit code, summary and what was told on stderr."""
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": storage.key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": secret or storage.key["SecretAccessKey"],
        "AWS_REGION": REGION, "AWS_ENDPOINT_URL": storage.url, "HOME": home, "XDG_DATA_HOME": f"{home}/data",
    }
    ran = subprocess.run([BINARY, "batch", *arguments, "--json"], env=environment, text=True, capture_output=True)
    last = (ran.stdout.strip().splitlines() or ["{}"])[-1]
    return ran.returncode, json.loads(last), ran.stderr


def check(what, seen, expected):
    assert seen == expected, f"{what}: {seen!r} instead of {expected!r}"


def fill(storage):
    for name in ("invoice.pdf", "letter.pdf"):
        storage.put(f"2024/{name}", (EXAMPLES / name).read_bytes())
    storage.put("2024/Zürich + 100 %/notes #1.txt", "Grüße".encode())
    storage.put("2024/broken.pdf", b"%PDF-1.7 and nothing more")
    storage.put("2024/sub/", b"")
    storage.put("2024/.hidden", b"x")
    storage.put("2025/other.txt", b"not asked for")


NAMES = ["Zürich + 100 %/notes #1.txt", "invoice.pdf", "letter.pdf"]
OUTPUTS = sorted([f"r/{name}.{form}" for name in NAMES for form in ("json", "md", "txt")] + ["r/manifest.jsonl"])


def from_bucket_to_bucket(storage, home):
    run = ["s3://inbox/2024", "--config", "cfg-PARSE_COST_EFFECTIVE", "-o", "s3://outbox/r"]
    code, summary, told = docmill(storage, *run, home=home)
    check("exit", (code, summary["completed"], summary["failed"]), (3, 3, 1))
    check("out", (summary["out"], summary["manifest"]), ("s3://outbox/r", "s3://outbox/r/manifest.jsonl"))
    check("failed", [(one["path"], one["code"] != "") for one in summary["failures"]], [("broken.pdf", True)])
    check("outputs", storage.names("r/"), OUTPUTS)
    check("text", storage.text("r/Zürich + 100 %/notes #1.txt.md").strip(), "Grüße")
    manifest = [json.loads(line) for line in storage.text("r/manifest.jsonl").splitlines()]
    check("manifest", sorted(line["path"] for line in manifest), sorted([*NAMES, "broken.pdf"]))

    # Again: nothing is fetched, read or sent twice; one file changed, one is gone.
    before = storage.written("r/letter.pdf.md")
    storage.put("2024/broken.pdf", (EXAMPLES / "letter.pdf").read_bytes())
    storage.s3.delete_object(Bucket="inbox", Key="2024/invoice.pdf")
    code, summary, told = docmill(storage, *run, home=home)
    check("exit again", (code, summary["completed"], summary["done_before"]), (0, 3, 2))
    assert "fetching 1 file\n" in told and re.search(r"sending 3 files to s3://outbox/r", told), told
    check("not sent again", storage.written("r/letter.pdf.md"), before)
    check("outputs that went away", [name for name in storage.names("r/") if "invoice" in name], [])


def one_object_into_a_folder(storage, home):
    run = ["s3://inbox/2024/letter.pdf", "--config", "cfg-PARSE_FAST", "-o", f"{home}/one"]
    code, summary, _ = docmill(storage, *run, home=home)
    check("one object", (code, summary["completed"]), (0, 1))
    assert Path(home, "one/letter.pdf.txt").read_text().strip(), "the letter has no text"


def at_a_server(storage, home):
    server = os.environ["LLAMA_CLOUD_BASE_URL"]
    run = ["s3://inbox/2025", "--config", "cfg-PARSE_FAST", "--server", server, "-o", "s3://outbox/served"]
    code, summary, told = docmill(storage, *run, home=home)
    check("at a server", (code, summary.get("completed"), told if code else ""), (0, 1, ""))
    check("served", storage.names("served/"), ["served/manifest.jsonl", "served/other.txt.json", "served/other.txt.txt"])


def refusals(storage, home):
    for source, secret, sentence in [
        ("s3://absent/x", None, "cannot be reached"),
        ("s3://inbox/2024", "wrong", "cannot be reached"),
        ("s3://inbox/nothing", None, "there are no files to read"),
        ("gs://inbox/2024", None, "only folders and s3:// addresses"),
    ]:
        run = [source, "--config", "cfg-PARSE_FAST", "-o", f"{home}/no"]
        code, _, told = docmill(storage, *run, secret=secret, home=home)
        assert code in (1, 2) and sentence in told and "hint: " in told, f"{source}: {code} {told}"
        print(told.splitlines()[0])


def main():
    storage = Buckets()
    fill(storage)
    with tempfile.TemporaryDirectory() as home:
        for part in (from_bucket_to_bucket, one_object_into_a_folder, at_a_server, refusals):
            part(storage, home)
    storage.server.stop()
    print("buckets: every answer as expected")


if __name__ == "__main__":
    main()
