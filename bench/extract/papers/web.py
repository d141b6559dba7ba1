"""HTML to PDF with WeasyPrint; the same input gives the same bytes."""

import logging

from weasyprint import HTML

from . import look as looks

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def render(page, look, language, name):
    html = f'<html lang="{language}"><head><title>{name}</title><style>{looks.css(look)}</style></head><body>{page.foot}{page.body}</body></html>'
    return HTML(string=html).write_pdf(pdf_identifier=name.encode())
