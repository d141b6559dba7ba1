"""The SDK's helpers that wait, on documents that cannot be read: each tells the job and docmill's sentence."""
import re

from llama_cloud.types.beta.extracted_data import ExtractedData, InvalidExtractionData

from .extracted_data import Invoice
from .support import QUICK, failure


async def run(client, documents):
    whole = (documents / "article.pdf").read_bytes()
    for code, name, data in [
        ("PDF_IS_PROTECTED", "protected.pdf", (documents / "protected.pdf").read_bytes()),
        ("UNSUPPORTED_FILE_TYPE", "backup.dat", (documents / "backup.dat").read_bytes()),
        ("FILE_DAMAGED", "truncated.pdf", whole[: len(whole) // 2]),
    ]:
        await parsing(client.parsing, code, (name, data))
        file = await client.files.create(file=(name, data), purpose="extract")
        await extract(client.extract, code, file.id)


async def parsing(calls, code, file):
    options = {"tier": "fast", "version": "latest", "expand": ["text"]}
    message, parsed = await failure(lambda: calls.parse(upload_file=file, **options, **QUICK))
    job, sentence = told(message, code)
    read = (await calls.get(job)).job
    assert (read.status, read.error_message, read.name) == ("FAILED", sentence, file[0]), read
    if parsed:  # as in LlamaCloud, the caller of the async client must look at the status
        assert (parsed.job.id, parsed.job.status, parsed.text) == (job, "FAILED", None), parsed
    message, waited = await failure(lambda: calls.wait_for_completion(job, **QUICK))
    assert told(message, code) == (job, sentence), message
    if waited:
        assert (waited.id, waited.status, waited.error_message) == (job, "FAILED", sentence), waited


async def extract(calls, code, file):
    configuration = {"data_schema": Invoice.model_json_schema()}
    message, ran = await failure(lambda: calls.run(file_input=file, configuration=configuration, **QUICK))
    job, sentence = told(message, code)
    read = await calls.get(job)
    message, waited = await failure(lambda: calls.wait_for_completion(job, **QUICK))
    assert told(message, code) == (job, sentence), message
    for failed in filter(None, (ran, read, waited)):
        assert (failed.id, failed.status, failed.error_message) == (job, "FAILED", sentence), failed
        assert failed.extract_result is None, failed
    try:
        ExtractedData.from_extract_job(read, Invoice)
    except InvalidExtractionData as error:
        assert (error.invalid_item.status, error.invalid_item.data) == ("error", {}), error.invalid_item
    else:
        raise AssertionError("a job without a result went through as an invoice")


def told(message, code):
    """The job's id and docmill's sentence out of what the SDK says."""
    found = re.fullmatch(rf"Job (\S+) failed with status: FAILED \| Error: ({code}: \S.+)", message)
    assert found, message
    return found.groups()
