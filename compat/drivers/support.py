"""What the drivers share: the client of either kind behind one face, and how its refusals are asserted."""
import inspect
import unittest
import uuid
from contextlib import contextmanager

import llama_cloud

SCHEMA = {
    "type": "object",
    "properties": {
        "invoice_number": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "total": {"anyOf": [{"type": "number"}, {"type": "null"}], "description": "Total amount, tax included"},
    },
}
UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
# For the helpers that wait: their own pace is made for jobs of minutes.
QUICK = {"polling_interval": 0.1, "backoff": "constant"}


class Answer:
    """What a method gave: a value, an awaitable, or a page to iterate over; awaited and iterated in either client.
    `succeeded` is called when it went through."""

    def __init__(self, given, succeeded):
        self.given, self.succeeded = given, succeeded

    def __await__(self):
        return self.value().__await__()

    async def value(self):
        value = await self.given if inspect.isawaitable(self.given) else self.given
        self.succeeded()
        return value

    async def __aiter__(self):
        if hasattr(self.given, "__aiter__"):
            async for item in self.given:
                yield item
        else:
            for item in self.given:
                yield item
        self.succeeded()


class Client:
    """The SDK's client; every method that was answered with success is written down in `called`."""

    def __init__(self, target, name="", called=None):
        self.sdk, self._name, self.called = target, name, set() if called is None else called
        # Names of this run's own: drivers of other clients run at the same time.
        self.tag = f"driver {uuid.uuid4()}"

    def __getattr__(self, name):
        found, dotted = getattr(self.sdk, name), f"{self._name}.{name}".lstrip(".")
        if not inspect.ismethod(found):
            return Client(found, dotted, self.called)

        def call(*positional, **named):
            return Answer(found(*positional, **named), lambda: self.called.add(dotted))

        return call


@contextmanager
def refused(status, code, words=""):
    """The block must be refused with this status, docmill's code, and these words somewhere in the answer."""
    try:
        yield
    except llama_cloud.APIStatusError as error:
        found = (error.status_code, error.body.get("code") if isinstance(error.body, dict) else None)
        assert found == (status, code) and words in str(error.body), (found, error.body)
    else:
        raise AssertionError(f"{status} {code} was expected, the call went through")


async def failure(call):
    """What a helper of the SDK says of a job that fails or is cancelled, and the job if it gives one: the sync client
    raises, the async client logs the same words and returns the job."""
    try:
        answer = call()
    except llama_cloud.PollingError as error:
        return str(error), None
    assert inspect.isawaitable(answer.given), f"the sync client went on with a job that failed: {answer.given}"
    with unittest.TestCase().assertLogs("llama_cloud", "ERROR") as logged:
        job = await answer
    return logged.records[0].getMessage().removeprefix("A job failed with error: "), job


async def every(listing):
    """All items of a list, read to its end."""
    return [item async for item in listing]


async def collected(list_call, expected, **filters):
    """A list holds exactly these ids whatever the page size; the largest page is one request."""
    for page_size in (1, 2, 1_000):
        found = [item.id async for item in list_call(page_size=page_size, **filters)]
        assert sorted(found) == sorted(expected), (page_size, found, expected)
