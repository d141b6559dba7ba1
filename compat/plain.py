"""Plain HTTP: docmill's own operations, lists that are paged while rows appear, and refused input with its code. Every
answer is also compared with openapi.json (http_kit).

    plain.py FOLDER
"""
import io
import json
import os
import re
import sys
import threading
import time
import zipfile
from pathlib import Path

from http_kit import DOCUMENT, Http
from receiver import Receiver

UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
PARSE = {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}


def main():
    http = Http(os.environ["LLAMA_CLOUD_BASE_URL"], os.environ["LLAMA_CLOUD_API_KEY"])
    documents = Path(sys.argv[1])
    operators(http)
    own_batches(http, documents)
    own_webhooks(http)
    downloads(http, documents)
    cancels(http)
    explains(http)
    too_many(http)
    lists(http)
    count = refusals(http, documents)
    print(f"plain: {count} refusals, every answer as expected")


def operators(http):
    for path in ("/healthz", "/readyz"):
        http.call("GET", path, key=False).expect(200)
    assert http.call("GET", "/openapi.json", key=False).expect(200) == DOCUMENT, "the server describes another API"
    assert b"docmill_http_requests_total" in http.call("GET", "/metrics", key=False).expect(200)


def directory(http, *files):
    made = http.call("POST", "/api/v1/beta/directories", {"name": "plain"}).expect(200)["id"]
    for name, data in files:
        upload(http, made, name, data).expect(200)
    return made


def upload(http, made, name, data, *texts):
    return http.call("POST", f"/api/v1/beta/directories/{made}/files/upload", form=[*texts, ("upload_file", (name, data))])


def ended(http, batch):
    while True:
        body = http.call("GET", f"/api/v2/batches/{batch}?expand=results").expect(200)
        if body["status"] in ("COMPLETED", "FAILED", "CANCELLED"):
            return body
        time.sleep(0.1)


def own_batches(http, documents):
    letter, broken = (documents / "letter.pdf").read_bytes(), b"%PDF-1.4 cut off"
    source = directory(http, ("letter.pdf", letter), ("broken.pdf", broken))
    batch = http.call("POST", "/api/v2/batches", {"source_directory_id": source, "config": {"job": PARSE}}).expect(200)["id"]
    events = http.call("GET", f"/api/v2/batches/{batch}/events")
    told = events.expect(200).decode()
    assert "event: file" in told and '"COMPLETED"' in told, told
    last = re.findall(r"^id: *(.+)$", told, flags=re.MULTILINE)[-1]
    done = ended(http, batch)
    counts = done["counts"]
    assert (done["status"], counts["total"], counts["completed"], counts["failed"]) == ("COMPLETED", 2, 1, 1), done
    assert done["progress"] == 1 and done["eta_seconds"] in (None, 0) and done["waiting_reason"] is None, done
    assert done["error_summary"][0]["count"] == 1 and done["error_summary"][0]["advice"], done
    http.call("GET", f"/api/v2/batches/{batch}/events", headers={"Last-Event-ID": last}).expect(204)

    lines = http.call("GET", f"/api/v2/batches/{batch}/export?format=jsonl").expect(200).decode().splitlines()
    assert len([json.loads(line) for line in lines]) >= 2, lines
    archive = zipfile.ZipFile(io.BytesIO(http.call("GET", f"/api/v2/batches/{batch}/export").expect(200)))
    assert archive.testzip() is None and any("letter.pdf" in name for name in archive.namelist()), archive.namelist()
    http.call("GET", f"/api/v2/batches/{batch}/export?format=tar").refused(422, "INVALID_REQUEST", "format")

    again = http.call("POST", f"/api/v2/batches/{batch}/retry").expect(200)
    assert again["id"] == batch and again["generation"] == 1, again
    done = ended(http, batch)
    assert (done["counts"]["failed"], done["generation"]) == (1, 1), done
    code = done["error_summary"][0]["code"]
    http.call("POST", f"/api/v2/batches/{batch}/retry", {"codes": [code]}).expect(200)
    ended(http, batch)
    http.call("POST", f"/api/v2/batches/{batch}/retry", {"codes": ["NO_SUCH_CODE"]}).refused(422, "INVALID_REQUEST", "codes")
    http.call("POST", f"/api/v2/batches/bat-{UUID}/retry").refused(404, "NOT_FOUND")


def own_webhooks(http):
    with Receiver() as receiver:
        body = {"webhook_url": receiver.url, "webhook_output_format": "json"}
        config = http.call("POST", "/api/v1/beta/webhook-configs", body).expect(200)["id"]
        tested = http.call("POST", f"/api/v2/webhook-configs/{config}/test", {"event_type": "batch.success"}).expect(200)
        _, sent = receiver.received.get(timeout=60)
        assert json.loads(sent)["event_type"] == "batch.success", sent
        while (delivery := http.call("GET", f"/api/v2/webhook-deliveries/{tested['id']}").expect(200))["state"] == "PENDING":
            time.sleep(0.05)
        assert delivery["state"] == "DELIVERED" and delivery["response_status"] == 204, delivery
        again = http.call("POST", f"/api/v2/webhook-deliveries/{tested['id']}/replay").expect(200)
        _, replayed = receiver.received.get(timeout=60)
        assert json.loads(replayed)["event_id"] == json.loads(sent)["event_id"], "a replay is the same event"
        listed, _ = http.pages("/api/v2/webhook-deliveries", webhook_configuration_id=config, page_size=1)
        assert [item["id"] for item in listed] == [again["id"], tested["id"]], listed
        http.call("DELETE", f"/api/v1/beta/webhook-configs/{config}").expect(204)
    http.call("GET", f"/api/v2/webhook-deliveries/whd-{UUID}").refused(404, "NOT_FOUND")


def downloads(http, documents):
    data = (documents / "letter.pdf").read_bytes()
    file = http.call("POST", "/api/v1/beta/files", form=[("purpose", "user_data"), ("file", ("letter.pdf", data))]).expect(201)
    url = http.call("GET", f"/api/v1/beta/files/{file['id']}/content").expect(200)["url"]
    path = url.removeprefix(http.url)
    assert http.call("GET", path, key=False).expect(200) == data
    assert http.call("GET", path, headers={"Range": "bytes=0-3"}, key=False).expect(206) == data[:4]
    http.call("GET", f"{path[:-1]}{'0' if path[-1] != '0' else '1'}", key=False).refused(403, "LINK_INVALID")
    job = {"file_id": file["id"], "tier": "agentic", "version": "latest", "output_options": {"images_to_save": ["screenshot"]}}
    job = http.call("POST", "/api/v2/parse", job).expect(200)["id"]
    while True:
        read = http.call("GET", f"/api/v2/parse/{job}?expand=images_content_metadata,markdown_content_metadata").expect(200)
        if read["status"] not in ("PENDING", "RUNNING"):
            break
        time.sleep(0.1)
    picture = read["images_content_metadata"]["images"][0]
    assert http.call("GET", picture["presigned_url"].removeprefix(http.url), key=False).expect(200)[:4] == b"\x89PNG"
    markdown = read["result_content_metadata"]["markdown"]
    whole = http.call("GET", markdown["presigned_url"].removeprefix(http.url), key=False)
    assert whole.expect(200)["pages"][0]["page_number"] == 1 and len(whole.data) == markdown["size_bytes"], markdown


def cancels(http):
    """Jobs that wait behind others are cancelled. Equal contents would be answered at once from the first."""
    schema = {"type": "object", "properties": {"total": {"anyOf": [{"type": "number"}, {"type": "null"}]}}}
    for path, body in (
        ("/api/v2/parse", lambda file: {"file_id": file, "tier": "agentic", "version": "latest", "disable_cache": True}),
        ("/api/v2/extract", lambda file: {"file_input": file, "configuration": {"data_schema": schema, "disable_cache": True}}),
    ):
        form = [("purpose", "user_data"), ("file", ("waits.txt", b"A line that waits."))]
        file = http.call("POST", "/api/v1/beta/files", form=form).expect(201)["id"]
        jobs = [http.call("POST", path, body(file)).expect(200)["id"] for _ in range(60)]
        answers = [http.call("POST", f"{path}/{job}/cancel") for job in reversed(jobs)]
        cancelled = [answer.expect(200) for answer in answers if answer.status == 200]
        assert cancelled and {job["status"] for job in cancelled} <= {"CANCELLED", "RUNNING"}, answers[0].data


def explains(http):
    """Why a field of an extraction has its value: a call of docmill's own, which no SDK has."""
    schema = {"type": "object", "properties": {"due_date": {"type": "string"}, "invoice_date": {"type": "string"}}}
    lines = b"Invoice date: 2024-05-06\n\nDue date: 2024-06-05\n"
    form = [("purpose", "user_data"), ("file", ("dates.txt", lines))]
    file = http.call("POST", "/api/v1/beta/files", form=form).expect(201)["id"]
    body = {"file_input": file, "configuration": {"data_schema": schema}}
    job = http.call("POST", "/api/v2/extract", body).expect(200)["id"]
    while http.call("GET", f"/api/v2/extract/{job}").expect(200)["status"] in ("PENDING", "RUNNING"):
        time.sleep(0.1)
    told = http.call("GET", f"/api/v2/extract/{job}/explain?path=due_date").expect(200)
    best = told["candidates"][0]
    assert best["chosen"] and best["value"] == "2024-06-05" and best["label"] == "Due date", told
    assert 0 < best["score"] <= 1 and 0 < best["confidence"] <= 1 and best["citation"][0]["page"] == 1, told
    http.call("GET", f"/api/v2/extract/{job}/explain?path=total").refused(404, "NOT_FOUND", "total")
    http.call("GET", f"/api/v2/extract/{job}/explain").refused(422, "INVALID_REQUEST", "path")


def too_many(http):
    """A batch takes 1,000 files and not one more."""
    form = [("purpose", "user_data"), ("file", ("one.txt", b"One file, many entries."))]
    file = http.call("POST", "/api/v1/beta/files", form=form).expect(201)["id"]
    made = http.call("POST", "/api/v1/beta/directories", {"name": "too many"}).expect(200)["id"]
    for number in range(1_001):
        http.call("POST", f"/api/v1/beta/directories/{made}/files", {"file_id": file, "unique_id": f"{number}"}).expect(200)
    batch = {"source_directory_id": made, "config": {"job": PARSE}}
    http.call("POST", "/api/v2/batches", batch).refused(422, "TOO_MANY_FILES", "1000")


def lists(http):
    """Rows that were there before are listed exactly once, while other rows appear and files change state."""
    source = directory(http, ("0.txt", b"0"))
    before = {http.call("POST", "/api/v2/batches", {"source_directory_id": source, "config": {"job": PARSE}}).expect(200)["id"]
              for _ in range(5)}
    stop = threading.Event()

    def more():
        number = 0
        while not stop.is_set():
            number += 1
            upload(http, source, f"{number}.txt", b"text").expect(200)
            http.call("POST", "/api/v2/batches", {"source_directory_id": source, "config": {"job": PARSE}})
            stop.wait(0.05)

    writer = threading.Thread(target=more)
    writer.start()
    try:
        for path, wanted, query in [
            ("/api/v2/batches", before, {"source_directory_id": source}),
            (f"/api/v1/beta/directories/{source}/files", set(), {}),
            ("/api/v1/beta/directories", {source}, {"name": "plain"}),
            ("/api/v1/beta/files", set(), {}), ("/api/v1/beta/configurations", set(), {}),
            ("/api/v2/parse", set(), {}), ("/api/v2/extract", set(), {}), ("/api/v2/projects", set(), {}),
            ("/api/v2/webhook-configs", set(), {}), ("/api/v2/webhook-deliveries", set(), {}),
        ]:
            for size in (1, 2, 1_000):
                items, pages = http.pages(path, page_size=size, **query)
                ids = [(item["id"], item.get("version")) for item in items]
                assert len(ids) == len(set(ids)), f"{path}: a row came twice with page size {size}"
                assert wanted <= {item["id"] for item in items}, f"{path}: a row was missed with page size {size}"
                assert pages >= len(items) / size, (path, pages, len(items))
    finally:
        stop.set()
        writer.join()


def refusals(http, documents):
    source = directory(http, ("a.txt", b"a"))
    collections = [path for path, methods in DOCUMENT["paths"].items()
                   if any(parameter["name"] == "page_size" for parameter in methods.get("get", {}).get("parameters", []))]
    table = []
    for path in collections:
        path = path.replace("{directory_id}", source)
        for query, words in [("page_size=0", "page_size"), ("page_size=1001", "page_size"), ("page_size=x", "page_size"),
                             ("page_token=nonsense", "page_token")]:
            table.append(("GET", f"{path}?{query}", None, 422, "INVALID_REQUEST", words))
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation.get("security") == [] or path.startswith("/files/") or path.startswith("/outputs/"):
                continue
            filled = re.sub(r"\{config_id\}", f"cfg-{UUID}" if "configurations" in path else f"whc-{UUID}", path)
            filled = re.sub(r"\{\w+\}", UUID, filled)
            answer = http.call(method.upper(), filled, key=False)
            answer.refused(401, "UNAUTHORIZED")
            if "{" in path:
                wrong = re.sub(r"\{\w+\}", f"xyz-{UUID}", path)
                table.append((method.upper(), wrong, {} if "requestBody" in operation else None, 422, None, ""))
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                if operation["requestBody"].get("required"):
                    table.append((method.upper(), filled, b"{", 422, "INVALID_JSON", "json_invalid"))
                unknown = json.dumps({"no_such_field": 1}).encode()
                table.append((method.upper(), filled, unknown, 422, "INVALID_REQUEST", "extra_forbidden"))
    parse, extract = "/api/v2/parse", "/api/v2/extract"
    tier = {"file_id": f"fil-{UUID}", "tier": "agentic", "version": "latest"}
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    deep = {"type": "object", "properties": {}}
    inner = deep
    for _ in range(8):
        inner["properties"]["a"] = {"type": "object", "properties": {}}
        inner = inner["properties"]["a"]
    table += [
        ("POST", "/api/v1/beta/directories", {"name": ""}, 422, "INVALID_REQUEST", "name"),
        ("POST", "/api/v1/beta/directories", {"name": "x" * 256}, 422, "INVALID_REQUEST", "name"),
        ("POST", "/api/v1/beta/directories", {"name": "x", "type": "index"}, 422, "INVALID_REQUEST", "type"),
        ("POST", "/api/v1/beta/directories", {"name": "x", "type": "ephemeral", "expires_at": "2020-01-01T00:00:00Z"}, 422,
         "INVALID_REQUEST", "expires_at"),
        ("POST", "/api/v1/beta/directories", {"name": "x", "expires_at": "soon"}, 422, "INVALID_REQUEST", "expires_at"),
        ("GET", "/api/v1/beta/directories?type=other", None, 422, "INVALID_REQUEST", "type"),
        ("GET", "/api/v1/beta/directories?include_deleted=perhaps", None, 422, "INVALID_REQUEST", "include_deleted"),
        ("GET", "/api/v1/beta/files?order_by=size", None, 422, "INVALID_REQUEST", "order_by"),
        ("POST", "/api/v2/batches", {"source_directory_id": source, "config": {}}, 422, "INVALID_REQUEST", "job"),
        ("POST", "/api/v2/batches", {"source_directory_id": f"dir-{UUID}", "config": {"job": PARSE}}, 404, "NOT_FOUND", ""),
        ("POST", "/api/v2/batches", {"source_directory_id": source, "config": {"job": {**PARSE, "type": "split_v1"}}}, 422,
         "INVALID_REQUEST", "type"),
        ("POST", "/api/v2/batches", {"source_directory_id": source,
         "config": {"job": {"type": "extract_v2", "configuration_id": "cfg-PARSE_FAST"}}}, 422, "CONFIGURATION_MISMATCH", ""),
        ("POST", "/api/v2/batches", {"source_directory_id": source, "config": {"job": PARSE},
         "webhook_configuration_ids": [f"whc-{UUID}"] * 5}, 422, "INVALID_REQUEST", "webhook_configuration_ids"),
        ("GET", "/api/v2/batches?status=DONE", None, 422, "INVALID_REQUEST", "status"),
        ("GET", "/api/v2/batches?created_at_on_or_after=yesterday", None, 422, "INVALID_REQUEST", "created_at"),
        ("POST", parse, {**tier, "source_url": "https://example.com/a.pdf"}, 422, "INVALID_REQUEST", "exactly one"),
        ("POST", parse, {"tier": "agentic", "version": "latest"}, 422, "INVALID_REQUEST", "exactly one"),
        ("POST", parse, {**tier, "tier": "premium"}, 422, "INVALID_REQUEST", "tier"),
        ("POST", parse, {**tier, "version": "2001-01-01"}, 422, "INVALID_REQUEST", "version"),
        ("POST", parse, {**tier, "tier": "configured"}, 422, "INVALID_REQUEST", "configured"),
        ("POST", parse, {**tier, "user_metadata": {"k" * 25: "v"}}, 422, "INVALID_REQUEST", "user_metadata"),
        ("POST", parse, {**tier, "user_metadata": {"k": "v" * 65}}, 422, "INVALID_REQUEST", "user_metadata"),
        ("POST", parse, {**tier, "user_metadata": {str(n): "v" for n in range(9)}}, 422, "INVALID_REQUEST", "user_metadata"),
        ("POST", parse, {**tier, "user_metadata": {str(n): "é" * 64 for n in range(8)}}, 422, "INVALID_REQUEST", "user_metadata"),
        ("POST", parse, {**tier, "page_ranges": {"max_pages": 0}}, 422, "INVALID_REQUEST", "max_pages"),
        ("POST", parse, {**tier, "page_ranges": {"target_pages": "3,3"}}, 422, "INVALID_REQUEST", "target_pages"),
        ("POST", parse, {**tier, "crop_box": {"top": 2}}, 422, "INVALID_REQUEST", "top"),
        ("POST", parse, {**tier, "processing_options": {"ocr_parameters": {"languages": ["xx"]}}}, 422, "INVALID_REQUEST", "languages"),
        ("POST", parse, {**tier, "processing_control": {"timeouts": {"base_in_seconds": 7_201}}}, 422, "INVALID_REQUEST", "base_in_seconds"),
        ("POST", parse, {**tier, "tier": "fast", "agentic_options": {"custom_prompt": "x"}}, 422, "INVALID_REQUEST", "custom_prompt"),
        ("POST", parse, {**tier, "output_options": {"images_to_save": ["all"]}}, 422, "INVALID_REQUEST", "images_to_save"),
        ("POST", parse, {"tier": "agentic", "version": "latest", "source_url": "ftp://example.com/a"}, 422, "INVALID_REQUEST", "source_url"),
        ("POST", parse, {"tier": "agentic", "version": "latest", "source_url": "http://127.0.0.2/a"}, 422, "ADDRESS_FORBIDDEN", ""),
        ("POST", extract, {"file_input": f"fil-{UUID}", "configuration": {"data_schema": {"type": "array"}}}, 422, "SCHEMA_INVALID", ""),
        ("POST", extract, {"file_input": f"fil-{UUID}", "configuration": {"data_schema": deep}}, 422, "SCHEMA_INVALID", ""),
        ("POST", extract, {"file_input": f"fil-{UUID}", "configuration": {"data_schema": schema, "tier": "fast"}}, 422, "INVALID_REQUEST", "tier"),
        ("POST", extract, {"file_input": f"fil-{UUID}", "configuration": {"data_schema": schema, "tier": "turbo", "parse_tier": "fast"}},
         422, "INVALID_REQUEST", "parse_tier"),
        ("POST", extract, {"file_input": f"bat-{UUID}", "configuration": {"data_schema": schema}}, 422, "INVALID_REQUEST", "file_input"),
        ("POST", extract, {"file_input": f"fil-{UUID}", "configuration": {"data_schema": schema}}, 404, "NOT_FOUND", ""),
        ("PUT", "/api/v1/beta/configurations/cfg-PARSE_FAST", {"name": "mine"}, 403, "FORBIDDEN", ""),
        ("GET", "/api/v2/classify", None, 501, "NOT_IMPLEMENTED", "classify"),
        ("GET", "/api/v2/nothing", None, 404, "NOT_FOUND", ""),
        ("DELETE", "/api/v2/batches", None, 405, "METHOD_NOT_ALLOWED", ""),
        ("GET", f"/api/v2/batches?project_id=prj-{UUID}", None, 404, "NOT_FOUND", ""),
    ]
    for method, path, body, status, code, words in table:
        answer = http.call(method, path, body)
        try:
            answer.refused(status, code or answer.body.get("code"), words)
        except AssertionError as error:
            raise AssertionError(f"{method} {path} {json.dumps(body) if isinstance(body, dict) else body}") from error
    upload(http, source, "a.txt", b"other").refused(409, "DUPLICATE_UNIQUE_ID")
    upload(http, source, "b.txt", b"b", ("metadata", "not json")).refused(422, "INVALID_REQUEST", "metadata")
    http.call("POST", f"/api/v1/beta/directories/{source}/files/upload", form=[("display_name", "x")]).refused(
        422, "INVALID_REQUEST", "upload_file")
    return len(table) + 3


main()
