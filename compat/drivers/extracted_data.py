"""`ExtractedData.from_extract_job`: an extraction as typed data, with the citation and confidence of every field."""
from datetime import date
from typing import List, Optional

from llama_cloud.types.beta.extracted_data import ExtractedData, ExtractedFieldMetadata, InvalidExtractionData
from pydantic import BaseModel


class Line(BaseModel):
    description: Optional[str]
    quantity: Optional[float]
    amount: Optional[float]


class Invoice(BaseModel):
    invoice_number: Optional[str]
    invoice_date: Optional[date]
    total: Optional[float]
    items: List[Line]
    purchase_order: Optional[str]


class Numbered(BaseModel):
    """What the invoice does not fit: its number has letters."""
    invoice_number: int


async def run(client, documents):
    file = await client.files.create(file=("invoice.pdf", (documents / "invoice.pdf").read_bytes()), purpose="extract")
    configuration = {"data_schema": Invoice.model_json_schema(), "cite_sources": True, "confidence_scores": True}
    ran = await client.extract.run(file_input=file.id, configuration=configuration, polling_interval=0.1)
    read = await client.extract.get(ran.id, expand=["extract_metadata"])
    for job in (ran, read):
        extracted = ExtractedData.from_extract_job(job, Invoice, file_name="invoice.pdf")
        assert (extracted.file_id, extracted.metadata["job_id"]) == (file.id, job.id), extracted
        assert extracted.status == "pending_review", extracted
        check_data(extracted.data)
        check_fields(extracted.field_metadata)
        assert 0 < extracted.overall_confidence <= 1, extracted.overall_confidence
    check_misfit(read)


def check_data(invoice):
    assert isinstance(invoice, Invoice), invoice
    assert (invoice.invoice_number, invoice.invoice_date) == ("INV-2024-0117", date(2024, 1, 17)), invoice
    assert (invoice.total, invoice.purchase_order) == (1214.40, None), invoice
    lines = [(line.description, line.quantity, line.amount) for line in invoice.items]
    assert lines[0] == ("Archive boxes, acid free", 120, 540) and len(lines) == 3, lines


def check_fields(fields):
    cited(fields["invoice_number"], "INV-2024-0117")
    cited(fields["invoice_date"], "17 January 2024")
    cited(fields["total"], "1,214.40")
    cited(fields["items"][0]["description"], "Archive boxes, acid free")
    cited(fields["items"][2]["amount"], "45.00")
    nothing = fields["purchase_order"]
    assert (nothing.citation, nothing.confidence) == ([], None), "what the document does not say has no source"


def cited(field, text):
    """Read from these words of page 1, inside the page, and with a confidence."""
    assert isinstance(field, ExtractedFieldMetadata), field
    assert [(citation.page, citation.matching_text) for citation in field.citation] == [(1, text)], field
    page = field.citation[0].page_dimensions
    assert field.citation[0].bounding_boxes, field
    for box in field.citation[0].bounding_boxes:
        assert 0 <= box.x < box.x + box.w <= page.width and 0 <= box.y < box.y + box.h <= page.height, field
    for confidence in (field.confidence, field.extraction_confidence, field.parsing_confidence):
        assert 0 < confidence <= 1, field


def check_misfit(job):
    """Data that the model refuses comes with the exception, its fields still cited."""
    try:
        ExtractedData.from_extract_job(job, Numbered)
    except InvalidExtractionData as error:
        item = error.invalid_item
        assert item.status == "error" and "invoice_number" in item.metadata["extraction_error"], item
        assert item.data["invoice_number"] == "INV-2024-0117", item
        cited(item.field_metadata["invoice_number"], "INV-2024-0117")
    else:
        raise AssertionError("a number with letters went through as an integer")
