"""Typesets a document with Typst and asks it where every block and footnote stands."""
import json
import tempfile
from pathlib import Path

import pypdfium2
import typst

from ..model import Break, Figure, Gap, Placed, Table
from .markup import Markup, literal

FONTS = typst.Fonts()
PARTS = {"{page}": "#context counter(page).display();", "{pages}": "#context counter(page).final().first();"}


def furniture(lines, style):
    if not lines:
        return "none"
    rows = []
    for parts in lines:
        cells = []
        for part in parts:
            text = ""
            while part:
                at = min((part.find(name) for name in PARTS if name in part), default=len(part))
                text += literal(part[:at]) if at else ""
                part = part[at:]
                for name, code in PARTS.items():
                    if part.startswith(name):
                        text += code
                        part = part[len(name):]
            cells.append(f"[{text}]")
        rows.append(f"grid(columns: (1fr, auto, 1fr), align: (left, center, right), {', '.join(cells)})")
    return f"block(width: 100%)[#set text({style.furniture_size * style.size:.2f}pt)\n#stack(spacing: .35em, {', '.join(rows)})]"


def preamble(document):
    style = document.style
    top, right, bottom, left = style.margins
    lead = style.leading - 1
    out = [
        '#let at(name) = context [#metadata((name: name, page: here().page(), x: here().position().x.pt()))<at>]',
        "#set document(date: none)",
        f"#set page(width: {style.width}pt, height: {style.height}pt, margin: (top: {top:.1f}pt, right: {right:.1f}pt, bottom: {bottom:.1f}pt, "
        f"left: {left:.1f}pt), columns: {style.columns}, header: {furniture(document.header, style)}, footer: {furniture(document.footer, style)})",
        f"#set columns(gutter: {style.gutter * style.size:.1f}pt)",
        f'#set text(font: ("{style.font}", "DejaVu Sans"), size: {style.size}pt, lang: "{style.lang}", hyphenate: '
        f'{"true" if style.hyphenate else "false"}, top-edge: .8em, bottom-edge: -.2em)',
        f"#set par(justify: {'true' if style.justify else 'false'}, leading: {lead:.2f}em, spacing: "
        f"{lead + (0 if style.indent else style.gap):.2f}em, first-line-indent: {style.indent}em)",
        '#show raw: set text(font: "Liberation Mono", size: .9em)',
        "#set list(indent: .5em)\n#set enum(indent: .3em)\n#set footnote.entry(gap: .4em)\n#show footnote.entry: set text(.8em)",
    ]
    for level in range(1, 5):
        factor, bold, italic, colour, caps, align = style.head(level)
        under = "underline(it.body)" if "underlined" in style.heads else "it.body"
        if "ruled" in style.heads.split():
            under += f'; v(.15em, weak: true); line(length: 100%, stroke: .6pt + rgb("{style.accent}"))'
        out.append(
            f"#show heading.where(level: {level}): it => block(sticky: true, width: 100%, above: {1.5 - 0.1 * level:.2f}em, "
            f'below: {0.85 - 0.05 * level:.2f}em, {{ set align({align}); set par(justify: false, leading: .25em, first-line-indent: 0em); '
            f'set text(font: ("{style.head_font}", "DejaVu Sans"), size: {factor * style.size:.2f}pt, weight: "{"bold" if bold else "regular"}", '
            f'style: "{"italic" if italic else "normal"}", fill: rgb("{colour}"), hyphenate: false); {under} }})')
    return "\n".join(out)


def source(document):
    """The markup, and the keys of blocks that stand over all columns at the top or float to a page's foot."""
    markup, style, blocks = Markup(document), document.style, document.blocks
    out, lead, floats, at = [preamble(document)], [], [], 0
    if style.columns > 1:
        while at < len(blocks) and blocks[at].span:
            lead.append(blocks[at])
            at += 1
        if lead:
            out.append(f'#place(top, scope: "parent", float: true, clearance: 1.2em, block(width: 100%)[{markup.stack(lead)}])')
    for number, block in enumerate(blocks[at:], at):
        made = markup.block(block, blocks[number - 1] if number else None)
        if style.columns > 1 and block.span and isinstance(block, (Figure, Table)):
            floats.append(block.key)
            made = f'#place(bottom, scope: "parent", float: true, clearance: 1em, block(width: 100%)[{made}])\n'
        out.append(made)
    return "\n".join(out), [block.key for block in lead], floats


def render(document):
    style = document.style
    text, lead, floats = source(document)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.typ"
        path.write_text(text, encoding="utf-8")
        found = json.loads(typst.query(str(path), "<at>", field="value", font_paths=FONTS))
        pdf = typst.compile(str(path), font_paths=FONTS, format="pdf", timestamp=None, pdf_tags=style.tagged)
    step = style.measure * style.size + style.gutter * style.size
    blocks, notes = {}, {}
    for entry in found:
        name, number = entry["name"], int(entry["name"][1:])
        column = int((entry["x"] - style.margins[3] + 1) // step)
        if name[0] == "n":
            notes.setdefault(number, (entry["page"], 0, column, 1, number))
        elif number not in blocks:
            column = -1 if number in lead else 90 if number in floats else column
            blocks[number] = (entry["page"], 0, column, 0, number)
    pages = len(pypdfium2.PdfDocument(pdf))
    for block in document.blocks:
        if block.key not in blocks and not isinstance(block, (Gap, Break)):
            raise LookupError(f"block {block.key} {type(block).__name__} is on no page")
    return Placed(pdf, pages, blocks, notes)
