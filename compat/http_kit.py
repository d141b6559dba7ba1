"""Plain HTTP with the standard library: one call, its status, its body, and whether openapi.json describes both."""
import json
import re
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from jsonschema import Draft202012Validator

DOCUMENT = json.loads((Path(__file__).resolve().parent.parent / "openapi.json").read_text(encoding="utf-8"))


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def body(self):
        return json.loads(self.data) if self.data else None

    def expect(self, status):
        assert self.status == status, (self.status, self.data[:2_000])
        return self.body if self.is_json() else self.data

    def is_json(self):
        return self.headers.get("content-type", "").split(";")[0] == "application/json"

    def refused(self, status, code, words=""):
        found = (self.status, self.body.get("code"))
        assert found == (status, code), (found, self.data[:2_000])
        assert words in self.data.decode(), (words, self.data[:2_000])
        retry = self.headers.get("x-should-retry")
        assert (retry == "false") == (status in (409, 501)), (status, retry)


class Http:
    """Calls of one server. Every answer of a described operation must be as openapi.json says."""

    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def call(self, method, path, body=None, headers=None, form=None, key=True):
        sent = {"Authorization": f"Bearer {self.key}"} if key else {}
        data = None
        if form is not None:
            content, data = multipart(form)
            sent["Content-Type"] = content
        elif isinstance(body, bytes):
            data = body
        elif body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.url + path, data, sent | (headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as found:
                answer = Answer(found.status, found.headers, found.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        check_described(method, path, answer)
        return answer

    def pages(self, path, **query):
        """Every item of a list, and how many pages it took."""
        from urllib.parse import urlencode

        items, token, count = [], None, 0
        while True:
            asked = query | ({"page_token": token} if token else {})
            page = self.call("GET", f"{path}?{urlencode(asked, doseq=True)}").expect(200)
            items += page["items"]
            count += 1
            token = page["next_page_token"]
            if not token:
                return items, count
            assert page["items"], "an empty page must not carry a token: clients stop at it"


def multipart(parts):
    """`parts`: pairs of a name and a text, or a name and (file name, bytes)."""
    boundary = uuid.uuid4().hex
    lines = []
    for name, value in parts:
        file = f'; filename="{value[0]}"' if isinstance(value, tuple) else ""
        content = value[1] if isinstance(value, tuple) else value.encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        lines += [head.encode(), content, b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*lines, f"--{boundary}--\r\n".encode()])


def template(path):
    """The described path that this one is of, as the router decides: fixed steps before named ones."""
    path = path.split("?")[0]
    def pattern(described):
        steps = (re.escape(step) if not step.startswith("{") else ".+" if step.startswith("{*") else "[^/]+"
                 for step in described.split("/"))
        return "/".join(steps)
    matching = [described for described in DOCUMENT["paths"] if re.fullmatch(pattern(described), path)]
    return min(matching, key=lambda described: described.count("{"), default=None)


def check_described(method, path, answer):
    operation = DOCUMENT["paths"].get(template(path) or "", {}).get(method.lower())
    if operation is None:
        return
    described = operation["responses"].get(str(answer.status))
    assert described, f"{method} {path}: openapi.json does not know {answer.status}: {answer.data[:500]}"
    content = described.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is not None and answer.is_json():
        whole = {"allOf": [schema], "components": DOCUMENT["components"]}
        errors = [f"{error.json_path}: {error.message[:300]}" for error in Draft202012Validator(whole).iter_errors(answer.body)]
        assert not errors, f"{method} {path} {answer.status} is not as openapi.json says: {errors[:3]}"
