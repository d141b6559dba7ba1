"""`parsing`, its helpers included."""
from .long_scan import long_scan
from .support import QUICK, UUID, collected, failure, refused

PARTS = ["text", "text_full", "markdown", "markdown_full", "items", "metadata", "job_metadata", "usage"]


async def run(client, documents):
    calls = client.parsing
    invoice = documents / "invoice.pdf"
    versions = await calls.list_versions()
    assert versions.latest.agentic == versions.agentic[0] and "fast" in versions.to_dict(), versions

    parsed = await calls.parse(upload_file=invoice, tier="agentic", version="latest", expand=PARTS)
    assert parsed.job.status == "COMPLETED" and parsed.status == "COMPLETED", parsed.job
    assert "INV-2024-0117" in parsed.text_full and "INV-2024-0117" in parsed.markdown_full
    assert any(item.type == "table" for item in parsed.items.pages[0].items) and parsed.metadata.pages, parsed
    assert parsed.job.usage is not None and parsed.job_metadata is not None, parsed.job

    stored = await client.files.create(file=("letter.pdf", (documents / "letter.pdf").read_bytes()), purpose="parse")
    job = await calls.create(file_id=stored.id, tier="cost_effective", version="latest", user_metadata={"case": "7"},
                             output_options={"images_to_save": ["screenshot"]})
    assert job.id.startswith("pjb-") and job.status in ("PENDING", "RUNNING", "COMPLETED"), job
    assert job.user_metadata == {"case": "7"} and job.name == "letter.pdf", job
    waited = await calls.wait_for_completion(job.id, polling_interval=0.1)
    assert waited.id == job.id and waited.status == "COMPLETED", waited
    images = (await calls.get(job.id, expand=["images_content_metadata"])).images_content_metadata
    assert images.total_count >= 1 and images.images[0].presigned_url, images
    name = images.images[0].filename
    one = await calls.get(job.id, expand=["images_content_metadata"], image_filenames=name)
    assert [image.filename for image in one.images_content_metadata.images] == [name], one
    contents = (await calls.get(job.id, expand=["markdown_content_metadata"])).result_content_metadata
    assert contents["markdown"].exists and contents["markdown"].size_bytes > 0, contents

    await collected(calls.list, [job.id, parsed.job.id], job_ids=[job.id, parsed.job.id])
    await collected(calls.list, [job.id], job_ids=[job.id, parsed.job.id], created_at_on_or_after=job.created_at)
    await collected(calls.list, [], job_ids=[job.id], status="FAILED")

    fast = await calls.create(file_id=stored.id, tier="fast", version="latest")
    await calls.wait_for_completion(fast.id, polling_interval=0.1)
    with refused(422, "TIER_LACKS_OUTPUT"):
        await calls.get(fast.id, expand=["markdown"])
    with refused(409, "CONFLICT"):
        await calls.cancel(fast.id)
    gone = await calls.delete(fast.id)
    assert gone.id == fast.id, gone
    with refused(404, "NOT_FOUND"):
        await calls.get(fast.id)
    with refused(404, "NOT_FOUND"):
        await calls.create(file_id=f"fil-{UUID}", tier="fast", version="latest")
    with refused(422, "INVALID_REQUEST"):
        await calls.create(file_id=stored.id, tier="fast", version="2001-01-01")
    await cancel(calls, documents)


async def cancel(calls, documents):
    """The helper that waits for a cancelled job tells so."""
    job = await calls.create(upload_file=("long.pdf", long_scan(documents)), tier="agentic", version="latest",
                             disable_cache=True)
    assert (await calls.cancel(job.id)).id == job.id
    message, waited = await failure(lambda: calls.wait_for_completion(job.id, **QUICK))
    assert message.startswith(f"Job {job.id} failed with status: CANCELLED | Error: CANCELLED: "), message
    assert waited is None or waited.status == "CANCELLED", waited
