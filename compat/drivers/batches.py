"""`batches`: what ../batches.py, which older SDKs run too, does not call."""
import asyncio

from .long_scan import long_scan
from .support import SCHEMA, collected, refused


async def run(client, documents):
    directory = (await client.beta.directories.create(name="driver batches")).id
    with refused(422, "EMPTY_DIRECTORY"):
        await create(client, directory, "parse_v2", "cfg-PARSE_FAST")
    for name in ("invoice.pdf", "letter.pdf"):
        await client.beta.directories.files.upload(directory, upload_file=documents / name)
    with refused(422, "CONFIGURATION_MISMATCH"):
        await create(client, directory, "extract_v2", "cfg-PARSE_FAST")
    batches = [await create(client, directory, "parse_v2", "cfg-PARSE_FAST") for _ in range(3)]
    ids = [batch.id for batch in batches]
    # While they run: whatever their states are, each is listed once.
    await collected(client.batches.list, ids, source_directory_id=directory)
    for batch in ids:
        await ended(client, batch, "COMPLETED")
    await collected(client.batches.list, ids, source_directory_id=directory, status="COMPLETED")
    await collected(client.batches.list, ids, source_directory_id=directory,
                    created_at_on_or_after=batches[0].created_at, created_at_on_or_before=batches[-1].created_at)
    results = (await client.batches.get(ids[0], expand=["results"])).results
    assert len(results) == 2 and all(result.error_message is None for result in results), results
    with refused(409, "CONFLICT"):
        await client.batches.cancel(ids[0])

    await extract(client, documents)
    await cancel(client, documents)


async def extract(client, documents):
    """Extractions of a batch: read with every expand, listed, and deleted one by one."""
    directory = (await client.beta.directories.create(name="driver batches, extract")).id
    for name in ("invoice.pdf", "letter.pdf"):
        await client.beta.directories.files.upload(directory, upload_file=documents / name)
    parameters = {"product_type": "extract_v2", "data_schema": SCHEMA, "cite_sources": True, "confidence_scores": True}
    saved = await client.configurations.create(name=f"extract batch driver {client.tag}", parameters=parameters)
    batch = await create(client, directory, "extract_v2", saved.id)
    await ended(client, batch.id, "COMPLETED")
    jobs = [result.job_reference.id for result in (await client.batches.get(batch.id, expand=["results"])).results]
    await collected(client.extract.list, jobs, configuration_id=saved.id, status="COMPLETED")
    for job in jobs:
        read = await client.extract.get(job, expand=["configuration", "extract_metadata", "metadata", "usage"])
        assert read.configuration.data_schema == SCHEMA and read.usage is not None, read
        assert read.metadata.usage.num_pages_extracted in (1, 2), read.metadata
        assert set(read.extract_metadata.field_metadata.document_metadata) == set(SCHEMA["properties"]), read
        with refused(409, "CONFLICT"):
            await client.extract.cancel(job)
        await client.extract.delete(job)
    await collected(client.extract.list, [], configuration_id=saved.id)


async def cancel(client, documents):
    """A batch of either product that is cancelled while its file is read: its job ends so."""
    directory = (await client.beta.directories.create(name="driver batches, cancelled")).id
    await client.beta.directories.files.upload(directory, upload_file=("long.pdf", long_scan(documents)))
    parse = {"product_type": "parse_v2", "tier": "agentic", "version": "latest", "disable_cache": True}
    extraction = {"product_type": "extract_v2", "data_schema": SCHEMA, "disable_cache": True}
    for parameters in (parse, extraction):
        product = parameters["product_type"]
        saved = await client.configurations.create(name=f"batch driver {product} {client.tag}", parameters=parameters)
        batch = await create(client, directory, product, saved.id)
        assert (await client.batches.cancel(batch.id)).id == batch.id
        await ended(client, batch.id, "CANCELLED")
        [result] = (await client.batches.get(batch.id, expand=["results"])).results
        assert result.error_message.startswith("CANCELLED: "), result
        if product == "extract_v2":
            assert (await client.extract.get(result.job_reference.id)).status == "CANCELLED", result


async def ended(client, batch, status):
    read = await client.batches.get(batch)
    while read.status not in ("COMPLETED", "FAILED", "CANCELLED"):
        await asyncio.sleep(0.1)
        read = await client.batches.get(batch)
    assert read.status == status and read.results is None, read


async def create(client, directory, product, configuration):
    job = {"type": product, "configuration_id": configuration}
    return await client.batches.create(source_directory_id=directory, config={"job": job})
