"""Typesets a document with WeasyPrint and reads back on which page every block and footnote begins."""
import hashlib
import logging

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from ..model import Break, Gap, Placed
from .css import sheet
from .html import Html

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)
FONTS = FontConfiguration()


def source(document):
    html, style = Html(document), document.style
    body, inside = [], False
    for at, block in enumerate(document.blocks):
        wide = block.span or style.columns == 1 or isinstance(block, Break)
        if wide == inside:
            body.append("</div>" if inside else "<div class=cols>")
            inside = not inside
        body.append(html.block(block, document.blocks[at - 1] if at else None))
    body.append("</div>" if inside else "")
    return (f'<!DOCTYPE html><html lang="{style.lang}"><head><meta charset="utf-8"><style>{sheet(document)}</style></head>'
            f"<body>{''.join(body)}</body></html>")


def render(document):
    made = weasyprint.HTML(string=source(document)).render(font_config=FONTS)
    blocks, notes = {}, {}
    for number, page in enumerate(made.pages, 1):
        for box in page._page_box.descendants(placeholders=True):
            name = box.element.get("id") if getattr(box, "element", None) is not None and hasattr(box.element, "get") else None
            if not name:
                continue
            if name[0] == "b":
                blocks.setdefault(int(name[1:]), (number, 0, int(name[1:])))
            elif box.element_tag and "::" not in box.element_tag:
                notes[int(name[1:])] = (number, 1, int(name[1:]))
    for block in document.blocks:
        if block.key not in blocks and not isinstance(block, (Gap, Break)):
            raise LookupError(f"block {block.key} {type(block).__name__} is on no page")
    identifier = hashlib.sha256(source(document).encode()).digest()[:16]
    pdf = made.write_pdf(pdf_identifier=identifier, pdf_tags=document.style.tagged)
    return Placed(pdf, len(made.pages), blocks, notes)
