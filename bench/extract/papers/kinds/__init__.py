"""Kinds of documents: name -> function that fills a draft's sheet and gives back its page."""

from . import bank, contract, data, form, freight, letters, pay, person, service, till, trade

KINDS = {
    "invoice": trade.invoice,
    "receipt": till.receipt,
    "purchase_order": trade.order,
    "delivery_note": trade.delivery,
    "bank_statement": bank.statement,
    "payslip": pay.payslip,
    "utility_bill": service.utility,
    "lab_report": service.lab,
    "insurance_policy": contract.policy,
    "lease": contract.lease,
    "letter": letters.letter,
    "certificate": letters.certificate,
    "shipping_label": freight.label,
    "booking": freight.booking,
    "resume": person.resume,
    "data_sheet": data.datasheet,
    "financial_summary": data.financial,
    "form": form.form,
}
PAGES = {}  # kind -> (page size, body size) where it is not that of a letter
