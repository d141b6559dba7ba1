"""`files`."""
import urllib.request

from .support import UUID, collected, refused


async def run(client, documents):
    calls = client.files
    name = f"driver-{client.tag}"
    first = await calls.create(file=(f"{name}.pdf", (documents / "invoice.pdf").read_bytes()), purpose="parse")
    second = await calls.create(file=(f"{name}.txt", b"text"), purpose="extract", external_file_id=name)
    assert (first.name, first.file_type, first.purpose) == (f"{name}.pdf", "pdf", "parse"), first
    read = await calls.retrieve(second.id, expand=["download_url"])
    assert (read.external_file_id, read.name) == (name, f"{name}.txt"), read
    link = await calls.content(first.id, expires_at_seconds=60)
    for url, expected in [(read.download_url.url, b"text"), (link.url, (documents / "invoice.pdf").read_bytes())]:
        with urllib.request.urlopen(url) as answer:
            assert answer.read() == expected, url

    await collected(calls.list, [first.id, second.id], file_ids=[first.id, second.id])
    await collected(calls.list, [first.id], file_name=f"{name}.pdf")
    await collected(calls.list, [second.id], external_file_id=name)
    ordered = [item.id async for item in calls.list(file_ids=[first.id, second.id], order_by="name", page_size=1)]
    assert ordered == [first.id, second.id], ordered
    found = await calls.query(filter={"file_ids": [first.id, second.id]}, order_by="name", page_size=1)
    assert [item.id for item in found.items] == [first.id] and found.next_page_token, found
    found = await calls.query(filter={"file_ids": [first.id, second.id]}, order_by="name", page_size=1,
                              page_token=found.next_page_token)
    assert [item.id for item in found.items] == [second.id], found

    for file in (first, second):
        await calls.delete(file.id)
        with refused(404, "NOT_FOUND"):
            await calls.retrieve(file.id)
    with refused(404, "NOT_FOUND"):
        await calls.content(f"fil-{UUID}")
    with refused(422, "INVALID_REQUEST"):
        await calls.create(file=("a.txt", b"a"), purpose="nothing")
