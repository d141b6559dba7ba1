"""`beta.directories` and `beta.directories.files`."""
import urllib.request
from datetime import timezone

from .support import UUID, collected, every, refused


async def run(client, documents):
    await directories(client)
    await files(client, documents)


async def directories(client):
    calls = client.beta.directories
    made = await calls.create(name=client.tag, description="first", system_metadata={"team": "a"})
    assert made.id.startswith("dir-") and made.type == "user" and made.expires_at is None, made
    short = await calls.create(name=client.tag, type="ephemeral")
    assert abs((short.expires_at - short.created_at).total_seconds() - 48 * 3600) < 1, short
    assert made.created_at.tzinfo == timezone.utc and made.system_metadata == {"team": "a"}, made

    await collected(calls.list, [made.id, short.id], name=client.tag)
    await collected(calls.list, [short.id], name=client.tag, types=["ephemeral"])
    await collected(calls.list, [made.id], name=client.tag, type="user")
    changed = await calls.update(made.id, name=f"{client.tag} renamed", description="second")
    assert (changed.name, changed.description, changed.id) == (f"{client.tag} renamed", "second", made.id), changed
    assert (await calls.get(made.id)).name == f"{client.tag} renamed"

    await calls.delete(short.id)
    with refused(404, "NOT_FOUND"):
        await calls.get(short.id)
    await collected(calls.list, [], name=client.tag)
    listed = await every(calls.list(name=client.tag, include_deleted=True))
    assert [(item.id, item.deleted_at is not None) for item in listed] == [(short.id, True)], listed
    with refused(422, "INVALID_REQUEST", "expected dir-<uuid>"):
        await calls.get(f"bat-{UUID}")
    with refused(422, "INVALID_REQUEST", "string_too_short"):
        await calls.create(name="")


async def files(client, documents):
    calls = client.beta.directories.files
    directory = (await client.beta.directories.create(name="driver files")).id
    other = (await client.beta.directories.create(name="driver files, moved")).id
    first = await calls.upload(directory, upload_file=documents / "invoice.pdf", metadata='{"year": 2024}')
    assert (first.display_name, first.unique_id, first.metadata["year"]) == ("invoice.pdf", "invoice.pdf", 2024), first
    named = await calls.upload(
        directory, upload_file=b"plain text", display_name="Grüße.txt", unique_id="u-1", external_file_id="e-1"
    )
    assert (named.display_name, named.unique_id) == ("Grüße.txt", "u-1"), named
    stored = await client.files.create(file=("stored.txt", b"stored"), purpose="user_data", external_file_id="e-2")
    added = await calls.add(directory, file_id=stored.id, metadata={"kind": "stored"})
    assert (added.file_id, added.display_name, added.unique_id) == (stored.id, "stored.txt", "e-2"), added

    again = await calls.upload(directory, upload_file=b"plain text", display_name="Grüße.txt", unique_id="u-1")
    assert again.id == named.id, "the same bytes again are the same entry"
    with refused(409, "DUPLICATE_UNIQUE_ID"):
        await calls.upload(directory, upload_file=b"other text", display_name="Grüße.txt", unique_id="u-1")

    await collected(lambda **asked: calls.list(directory, **asked), [first.id, named.id, added.id])
    for filters, expected in [
        ({"display_name": "invoice.pdf"}, [first.id]),
        ({"display_name_contains": "rüß"}, [named.id]),
        ({"unique_id": "u-1"}, [named.id]),
        ({"file_id": stored.id}, [added.id]),
        ({"updated_at_on_or_after": added.updated_at, "unique_id": "e-2"}, [added.id]),
        ({"updated_at_on_or_before": "2020-01-01T00:00:00Z"}, []),
    ]:
        await collected(lambda **asked: calls.list(directory, **asked), expected, **filters)

    linked = await calls.get(first.id, directory_id=directory, expand=["download_url"])
    with urllib.request.urlopen(linked.download_url.url) as answer:
        assert answer.read() == (documents / "invoice.pdf").read_bytes(), "the link gives the file"
    changed = await calls.update(
        named.id, directory_id=directory, display_name="b.txt", metadata={"k": ["v"]}, target_directory_id=other
    )
    assert (changed.directory_id, changed.display_name, changed.metadata) == (other, "b.txt", {"k": ["v"]}), changed
    await calls.delete(first.id, directory_id=directory)
    with refused(404, "NOT_FOUND"):
        await calls.get(first.id, directory_id=directory)
    await collected(lambda **asked: calls.list(directory, **asked), [added.id])
    await collected(lambda **asked: calls.list(directory, **asked), [first.id, added.id], include_deleted=True)
    await client.files.delete(stored.id)
