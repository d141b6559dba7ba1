"""The calls of LlamaIndex's ParseBench and ExtractBench, and of the SDK's own polling, through plain HTTP (contract
section 7): what those clients send, in their order, and what they read of the answers.

    benchmarks.py FOLDER
"""
import json
import os
import sys
import time
from pathlib import Path

from http_kit import Http

SCHEMA = {"type": "object", "properties": {"invoice_number": {"type": "string"}}, "required": ["invoice_number"]}


def finished(http, path, status):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        body = http.call("GET", path).expect(200)
        if status(body) in ("COMPLETED", "FAILED", "CANCELLED"):
            return body
        time.sleep(0.1)
    raise AssertionError(f"{path} did not end")


def parse_bench(http, document):
    form = [("configuration", json.dumps({"tier": "agentic", "version": "latest", "disable_cache": True})),
            ("file", (document.name, document.read_bytes()))]
    job = http.call("POST", "/api/v2/parse/upload", form=form).expect(200)
    expand = "expand=items,text,metadata,debug_logs"
    pending = http.call("GET", f"/api/v2/parse/{job['id']}?{expand}").expect(200)
    assert pending["job"]["id"] == job["id"], pending
    body = finished(http, f"/api/v2/parse/{job['id']}?{expand}", lambda body: body["job"]["status"])
    assert body["job"]["status"] == "COMPLETED", body["job"]
    assert body["items"]["pages"][0]["items"] and body["text"]["pages"][0]["text"] and body["metadata"]["pages"], body
    http.call("GET", f"/api/v1/parsing/job/{job['id']}/read/jobLogs.json").refused(501, "NOT_IMPLEMENTED")


def extract_bench(http, document):
    form = [("purpose", "extract"), ("file", (document.name, document.read_bytes()))]
    file = http.call("POST", "/api/v1/beta/files", form=form).expect(201)
    parameters = {"product_type": "extract_v2", "data_schema": SCHEMA, "cite_sources": True, "confidence_scores": True}
    saved = http.call("POST", "/api/v1/beta/configurations", {"name": "bench", "parameters": parameters}).expect(200)
    body = {"file_input": file["id"], "configuration_id": saved["id"]}
    job = http.call("POST", "/api/v2/extract", body).expect(200)
    path = f"/api/v2/extract/{job['id']}?expand=metadata&expand=extract_metadata"
    done = finished(http, path, lambda body: body["status"])
    assert done["extract_result"]["invoice_number"] == "INV-2024-0117", done
    assert done["metadata"]["usage"]["num_pages_extracted"] == 1, done["metadata"]
    leaf = done["extract_metadata"]["field_metadata"]["document_metadata"]["invoice_number"]
    assert leaf["citation"][0]["page"] == 1 and leaf["confidence"] > 0, leaf


def main():
    http = Http(os.environ["LLAMA_CLOUD_BASE_URL"], os.environ["LLAMA_CLOUD_API_KEY"])
    document = Path(sys.argv[1]) / "invoice.pdf"
    parse_bench(http, document)
    extract_bench(http, document)
    print("benchmarks: every answer as expected")


main()
