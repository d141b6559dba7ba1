"""The calls of the batch guide through the official Python SDK, each answer asserted.

Reads LLAMA_CLOUD_API_KEY and LLAMA_CLOUD_BASE_URL as the SDK does; the folder with PDFs is the first argument. Exactly
one of them must be truncated.
"""
import asyncio
import inspect
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import llama_cloud
from llama_cloud import AsyncLlamaCloud

TERMINAL = {"COMPLETED", "FAILED", "CANCELLED"}
SCHEMA = {
    "type": "object",
    "properties": {
        "invoice_number": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "total": {"anyOf": [{"type": "number"}, {"type": "null"}], "description": "Total amount, tax included"},
    },
}


def expiring(client, expires_at):
    """`expires_at` as this SDK takes it: 2.8.0 to 2.9.1 have the argument, later ones only pass it through."""
    known = "expires_at" in inspect.signature(client.beta.directories.create).parameters
    return {"expires_at": expires_at} if known else {"extra_body": {"expires_at": expires_at}}


async def finished(client, batch):
    while batch.status not in TERMINAL:
        await asyncio.sleep(0.2)
        batch = await client.batches.get(batch.id)
    return await client.batches.get(batch.id, expand=["results"])


async def run_batch(client, directory, product, configuration_id):
    batch = await client.batches.create(
        source_directory_id=directory.id,
        config={"job": {"type": product, "configuration_id": configuration_id}},
    )
    assert batch.id.startswith("bat-") and batch.status == "PENDING" and batch.results is None, batch
    assert batch.config.job.configuration_id == configuration_id, batch
    batch = await finished(client, batch)
    assert batch.status == "COMPLETED", batch
    return batch


def check_results(batch, files, product):
    assert {result.source_directory_file_id for result in batch.results} == set(files), batch.results
    failed = [result for result in batch.results if result.error_message]
    assert len(failed) == 1, failed
    assert files[failed[0].source_directory_file_id] == "truncated.pdf" and ": " in failed[0].error_message, failed
    print(failed[0].source_directory_file_id, "failed:", failed[0].error_message)
    for result in batch.results:
        assert result.job_reference is not None and result.job_reference.type == product, result
    return failed[0].source_directory_file_id


async def main(folder):
    client = AsyncLlamaCloud()
    expires_at = (datetime.now(timezone.utc) + timedelta(days=2)).isoformat()
    directory = await client.beta.directories.create(name="invoice-batch", type="ephemeral", **expiring(client, expires_at))
    assert directory.id.startswith("dir-") and directory.type == "ephemeral", directory
    assert abs(directory.expires_at - datetime.fromisoformat(expires_at)) < timedelta(milliseconds=2), directory

    files = {}
    for path in sorted(Path(folder).glob("*.pdf")):
        entry = await client.beta.directories.files.upload(directory.id, upload_file=path, display_name=path.name)
        assert entry.display_name == path.name and entry.directory_id == directory.id, entry
        files[entry.id] = path.name
    assert len(files) >= 3

    batch = await run_batch(client, directory, "parse_v2", "cfg-PARSE_AGENTIC")
    bad = check_results(batch, files, "parse_v2")
    for result in batch.results:
        job = await client.parsing.get(result.job_reference.id)
        expected = "FAILED" if result.source_directory_file_id == bad else "COMPLETED"
        assert job.status == expected and job.job.status == expected, job  # both shapes: contract 0.2
    good = next(result for result in batch.results if files[result.source_directory_file_id] == "invoice.pdf")
    parsed = await client.parsing.get(good.job_reference.id, expand=["markdown", "text", "items", "metadata"])
    assert "INV-2024-0117" in parsed.markdown.pages[0].markdown and "INV-2024-0117" in parsed.text.pages[0].text, parsed
    assert any(item.type == "table" for item in parsed.items.pages[0].items), parsed.items
    assert parsed.metadata.pages[0].page_number == 1, parsed.metadata

    parameters = {"product_type": "extract_v2", "data_schema": SCHEMA, "cite_sources": True, "confidence_scores": True}
    configuration = await client.configurations.create(name="invoice fields", parameters=parameters)
    batch = await run_batch(client, directory, "extract_v2", configuration.id)
    check_results(batch, files, "extract_v2")
    good = next(result for result in batch.results if files[result.source_directory_file_id] == "invoice.pdf")
    job = await client.extract.get(good.job_reference.id, expand=["extract_metadata"])
    assert job.status == "COMPLETED" and job.extract_result["invoice_number"] == "INV-2024-0117", job
    number = job.extract_metadata.field_metadata.document_metadata["invoice_number"]
    assert number["citation"][0]["page"] == 1 and number["citation"][0]["bounding_boxes"], number

    running = [item.id async for item in client.batches.list(status="RUNNING", source_directory_id=directory.id)]
    done = [item.id async for item in client.batches.list(status="COMPLETED", source_directory_id=directory.id)]
    assert running == [] and len(done) == 2, (running, done)
    print(f"python {llama_cloud.__version__}: {len(files)} files, 2 batches, every answer as expected")


asyncio.run(main(sys.argv[1]))
