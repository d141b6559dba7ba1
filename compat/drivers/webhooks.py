"""`webhook_configs`, and webhooks of a batch that reach a receiver of our own."""
import hashlib
import hmac
import json

from receiver import Receiver

from .support import every, refused

SECRET = "driver-secret"


async def run(client, documents):
    await configurations(client)
    await deliveries(client, documents)


async def configurations(client):
    calls = client.webhook_configs
    made = await calls.create(webhook_url="https://example.com/hook", webhook_events=["batch.success"],
                              webhook_headers={"X-Team": "a"}, webhook_signing_secret=SECRET)
    assert made.id.startswith("whc-") and made.has_secret and made.tenant_type == "project", made
    other = await calls.create(webhook_url="https://example.com/other")
    assert other.webhook_events is None and not other.has_secret, other
    changed = await calls.update(made.id, webhook_output_format="json", webhook_url="https://example.com/moved")
    assert (changed.webhook_url, changed.webhook_output_format) == ("https://example.com/moved", "json"), changed
    assert changed.webhook_events == ["batch.success"] and changed.has_secret, "what is left out stays"
    assert (await calls.retrieve(made.id)).webhook_headers == {"X-Team": "a"}
    mine = lambda items: [item.id for item in items if item.id in (made.id, other.id)]
    assert mine(await calls.list()) == [other.id, made.id], "a bare list, the newest first"
    for page_size in (1, 2, 1_000):
        assert mine(await every(calls.list_paginated(page_size=page_size))) == [other.id, made.id], page_size
    with refused(422, "INVALID_REQUEST"):
        await calls.create(webhook_url="https://example.com/hook", webhook_events=[])
    with refused(422, "ADDRESS_FORBIDDEN"):
        await calls.create(webhook_url="http://169.254.169.254/latest/meta-data")
    for config in (made, other):
        await calls.delete(config.id)
        with refused(404, "NOT_FOUND"):
            await calls.retrieve(config.id)


async def deliveries(client, documents):
    with Receiver() as receiver:
        directory = (await client.beta.directories.create(name="driver webhooks")).id
        await client.beta.directories.files.upload(directory, upload_file=documents / "letter.pdf")
        batch = await client.batches.create(
            source_directory_id=directory,
            config={"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}},
            webhook_configurations=[{"webhook_url": receiver.url, "webhook_output_format": "json",
                                     "webhook_signing_secret": SECRET, "webhook_headers": {"X-Team": "a"}}],
        )
        seen = {}
        while not {"batch.pending", "batch.success"} <= set(seen):  # their order is not promised
            headers, body = receiver.received.get(timeout=60)
            event = json.loads(body)
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            assert headers["LC-Signature"] == f"sha256={signature}" and headers["X-Team"] == "a", headers
            assert headers["X-Webhook-Event-ID"] == event["event_id"], headers
            assert event["data"]["batch_id"] == batch.id, event
            seen[event["event_type"]] = event["event_id"]
        assert len(set(seen.values())) == len(seen), seen
