"""Kinds of documents: name -> function that fills a draft's sheet and gives back its page."""
from . import bank, pay, service, till, trade

KINDS = {"invoice": trade.invoice, "receipt": till.receipt, "purchase_order": trade.order, "delivery_note": trade.delivery, "bank_statement": bank.statement,
         "payslip": pay.payslip, "utility_bill": service.utility, "lab_report": service.lab}
PAGES = {}  # kind -> (page size, body size) where it is not that of a letter
