"""`extract`, its helpers included."""
from .long_scan import long_scan
from .support import QUICK, SCHEMA, UUID, collected, failure, refused


async def run(client, documents):
    calls = client.extract
    file = await client.files.create(file=("invoice.pdf", (documents / "invoice.pdf").read_bytes()), purpose="extract")
    configuration = {"data_schema": SCHEMA, "cite_sources": True, "confidence_scores": True}
    done = await calls.run(file_input=file.id, configuration=configuration, polling_interval=0.1)
    assert done.status == "COMPLETED" and done.extract_result["invoice_number"] == "INV-2024-0117", done
    number = done.extract_metadata.field_metadata.document_metadata["invoice_number"]
    assert number["citation"][0]["bounding_boxes"] and 0 <= number["confidence"] <= 1, number

    saved = await client.configurations.create(name=f"extract driver {client.tag}",
                                               parameters={"product_type": "extract_v2", "data_schema": SCHEMA})
    job = await calls.create(file_input=file.id, configuration_id=saved.id)
    assert job.id.startswith("exj-") and job.file_input == file.id and job.configuration_id == saved.id, job
    waited = await calls.wait_for_completion(job.id, polling_interval=0.1)
    assert waited.status == "COMPLETED" and waited.extract_result["invoice_number"] == "INV-2024-0117", waited
    read = await calls.get(job.id, expand=["configuration", "extract_metadata", "usage", "metadata"])
    assert read.configuration.data_schema == SCHEMA and read.usage is not None, read
    assert read.metadata.usage.num_pages_extracted == 1, read.metadata

    await collected(calls.list, [job.id], configuration_id=saved.id)
    await collected(calls.list, [job.id, done.id], file_input=file.id, status="COMPLETED")
    await collected(calls.list, [job.id], job_ids=[job.id], document_input_type="file_id")

    checked = await calls.validate_schema(data_schema=SCHEMA)
    assert "invoice_number" in checked.data_schema["properties"], checked
    with refused(422, "SCHEMA_INVALID"):
        await calls.validate_schema(data_schema={"type": "array"})
    await generate(client, file.id)
    drafted = await calls.generate_schema(name="drafted", prompt="invoice number and total")
    assert drafted.name and drafted.parameters.product_type == "extract_v2", drafted
    name = f"{drafted.name} {client.tag}"
    made = await client.configurations.create(name=name, parameters=drafted.parameters.to_dict())
    await client.configurations.delete(made.id)

    with refused(409, "CONFLICT"):
        await calls.cancel(job.id)
    await calls.delete(job.id, force=True)
    with refused(404, "NOT_FOUND"):
        await calls.get(job.id)
    with refused(422, "INVALID_REQUEST", "exactly one"):
        await calls.create(file_input=file.id)
    await client.configurations.delete(saved.id)
    await cancel(client, documents)


async def generate(client, file):
    """Schemas from a sample: a file, and a finished parse job; of all that it shows, or of what a prompt names."""
    calls = client.extract
    parsed = await client.parsing.create(file_id=file, tier="agentic", version="latest")
    await client.parsing.wait_for_completion(parsed.id, **QUICK)
    for sample in (file, parsed.id):
        drafted = await calls.generate_schema(file_id=sample)
        properties = drafted.parameters.data_schema["properties"]
        assert drafted.name == "invoice" and drafted.parameters.product_type == "extract_v2", drafted
        assert properties["invoice_number"]["type"] == "string" and properties["total"]["type"] == "number", properties
        assert properties["line_items"]["items"]["properties"]["quantity"]["type"] in ("integer", "number"), properties
        found = await calls.run(file_input=sample, configuration={"data_schema": drafted.parameters.data_schema},
                                polling_interval=0.1)
        assert found.extract_result["invoice_number"] == "INV-2024-0117" and found.extract_result["line_items"], found
        chosen = await calls.generate_schema(prompt="invoice number and line items", file_id=sample)
        properties = chosen.parameters.data_schema["properties"]
        assert list(properties) == ["invoice_number", "line_items"] and properties["line_items"]["items"]["properties"], chosen
    with refused(404, "NOT_FOUND"):
        await calls.generate_schema(file_id=f"fil-{UUID}")


async def cancel(client, documents):
    """The helper that waits for a cancelled job tells so."""
    calls = client.extract
    scan = await client.files.create(file=("long.pdf", long_scan(documents)), purpose="extract")
    job = await calls.create(file_input=scan.id, configuration={"data_schema": SCHEMA, "disable_cache": True})
    assert (await calls.cancel(job.id)).id == job.id
    message, waited = await failure(lambda: calls.wait_for_completion(job.id, **QUICK))
    assert message.startswith(f"Job {job.id} failed with status: CANCELLED | Error: CANCELLED: "), message
    assert waited is None or waited.status == "CANCELLED", waited
