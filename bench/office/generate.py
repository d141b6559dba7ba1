#!/usr/bin/env python3
"""Makes documents of office, web and mail formats whose markdown is known by construction.

    bench/office/generate.py --seed N [--documents 12] --out DIR

Writes DIR/files/<format>-<number>.<format>, DIR/truth/<format>-<number>.md and DIR/manifest.jsonl. The same seed makes
the same texts. Old formats (doc, rtf, xls, ppt, odp) are made by LibreOffice where it is. Truth: headings `#` by level, list items `- ` or `1. `, tables in HTML with spans, no mark-up of
emphasis, since what a format marks as bold differs.
"""
import argparse
import csv
import html
import json
import random
import shutil
import subprocess
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from odf import opendocument, table as odf_table, text as odf_text
from pptx.util import Inches

WORDS = ("harbour ledger quay master freight timber salt paper volume archive reader shelf clerk spring repair notice "
         "quarter ship crane rope barrel market customs season register copy page margin ink binding Größe Straße café "
         "résumé mill & sons flour 12 % A/B <sign> year 2024 north-east").split()


class Words:
    def __init__(self, random_source):
        self.random = random_source

    def some(self, least, most):
        count = self.random.randint(least, most)
        return " ".join(self.random.choice(WORDS) for _ in range(count))

    def title(self):
        return self.some(2, 5).capitalize()

    def sentence(self):
        return self.some(6, 18).capitalize() + "."

    def paragraph(self):
        return " ".join(self.sentence() for _ in range(self.random.randint(1, 4)))


def fill(made, grid):
    """Texts and spans of a grid into a table of python-docx or python-pptx."""
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            made.cell(row, column).text = cell[0]
            if cell[1] > 1 or cell[2] > 1:
                made.cell(row, column).merge(made.cell(row + cell[1] - 1, column + cell[2] - 1))


def table(words, spans):
    """Rows of cells (text, rows, columns); None where another cell lies."""
    rows, columns = words.random.randint(3, 7), words.random.randint(2, 5)
    grid = [[(words.some(1, 3) if column == 0 or row == 0 else str(words.random.randint(1, 9999)), 1, 1)
             for column in range(columns)] for row in range(rows)]
    if spans and columns > 2:
        grid[0][1], grid[0][2] = (grid[0][1][0], 1, 2), None
        grid[rows - 2][0], grid[rows - 1][0] = (grid[rows - 2][0][0], 2, 1), None
    return grid


def content(words, spans=True, nested=True):
    """Blocks of a document with running text."""
    blocks = [("heading", 1, words.title())]
    for _ in range(words.random.randint(2, 4)):
        blocks.append(("heading", 2, words.title()))
        for _ in range(words.random.randint(1, 3)):
            kind = words.random.choice(["paragraph", "paragraph", "list", "table"])
            if kind == "paragraph":
                blocks.append(("paragraph", words.paragraph()))
            elif kind == "list":
                ordered = words.random.random() < 0.4
                items = []
                for number in range(words.random.randint(2, 5)):
                    deep = nested and number > 0 and words.random.random() < 0.3
                    items.append((1 if deep and items[-1][0] == 0 else 0, words.some(2, 6)))
                blocks.append(("list", ordered, items))
                blocks.append(("paragraph", words.sentence()))
            else:
                blocks.append(("table", table(words, spans)))
                blocks.append(("paragraph", words.sentence()))
    return blocks


def html_table(grid):
    out = ["<table>"]
    for number, row in enumerate(grid):
        name = "th" if number == 0 else "td"
        cells = []
        for cell in row:
            if cell is None:
                continue
            text, rows, columns = cell
            spans = (f' rowspan="{rows}"' if rows > 1 else "") + (f' colspan="{columns}"' if columns > 1 else "")
            cells.append(f"<{name}{spans}>{html.escape(text, quote=False)}</{name}>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join(out + ["</table>"])


def truth_of(blocks):
    out = []
    for block in blocks:
        if block[0] == "heading":
            out.append("#" * block[1] + " " + block[2])
        elif block[0] == "paragraph":
            out.append(block[1])
        elif block[0] == "table":
            out.append(html_table(block[1]))
        else:
            _, ordered, items = block
            lines, numbers = [], [0, 0]
            for level, text in items:
                numbers[level] += 1
                if level == 0:
                    numbers[1] = 0
                mark = f"{numbers[level]}." if ordered else "-"
                lines.append(("   " if ordered else "  ") * level + f"{mark} {text}")
            out.append("\n".join(lines))
    return "\n\n".join(out) + "\n"


def make_docx(path, words):
    document, blocks = docx.Document(), content(words)
    for block in blocks:
        if block[0] == "heading":
            document.add_heading(block[2], block[1])
        elif block[0] == "paragraph":
            document.add_paragraph(block[1])
        elif block[0] == "list":
            name = "List Number" if block[1] else "List Bullet"
            if block[1]:
                # Word counts on through all lists of one style; a list that begins anew needs a numbering of its own.
                blocks[blocks.index(block)] = block = ("list", False, block[2])
                name = "List Bullet"
            for level, text in block[2]:
                document.add_paragraph(text, name + (" 2" if level else ""))
        else:
            grid = block[1]
            made = document.add_table(rows=len(grid), cols=len(grid[0]))
            fill(made, grid)
    document.save(path)
    return truth_of(blocks)


def make_odt(path, words):
    document, blocks = opendocument.OpenDocumentText(), content(words)
    for block in blocks:
        if block[0] == "heading":
            document.text.addElement(odf_text.H(outlinelevel=block[1], text=block[2]))
        elif block[0] == "paragraph":
            document.text.addElement(odf_text.P(text=block[1]))
        elif block[0] == "list":
            blocks[blocks.index(block)] = block = ("list", False, block[2])
            made, inner = odf_text.List(), None
            for level, text in block[2]:
                item = odf_text.ListItem()
                item.addElement(odf_text.P(text=text))
                if level == 0:
                    made.addElement(item)
                    last, inner = item, None
                else:
                    if inner is None:
                        inner = odf_text.List()
                        last.addElement(inner)
                    inner.addElement(item)
            document.text.addElement(made)
        else:
            grid = block[1]
            made = odf_table.Table(name=f"T{blocks.index(block)}")
            made.addElement(odf_table.TableColumn(numbercolumnsrepeated=len(grid[0])))
            for cells in grid:
                row = odf_table.TableRow()
                for cell in cells:
                    if cell is None:
                        row.addElement(odf_table.CoveredTableCell())
                        continue
                    made_cell = odf_table.TableCell(numberrowsspanned=cell[1], numbercolumnsspanned=cell[2], valuetype="string")
                    made_cell.addElement(odf_text.P(text=cell[0]))
                    row.addElement(made_cell)
                made.addElement(row)
            document.text.addElement(made)
    document.save(path)
    return truth_of(blocks)


def web(blocks, title):
    out = [f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title></head><body>"]
    for block in blocks:
        if block[0] == "heading":
            out.append(f"<h{block[1]}>{html.escape(block[2])}</h{block[1]}>")
        elif block[0] == "paragraph":
            out.append(f"<p>{html.escape(block[1])}</p>")
        elif block[0] == "table":
            out.append(html_table(block[1]))
        else:
            name, open_inner = ("ol" if block[1] else "ul"), False
            out.append(f"<{name}>")
            for number, (level, text) in enumerate(block[2]):
                if level and not open_inner:
                    out.append(f"<{name}>")
                elif not level and number:
                    out.append(f"</li></{name}></li>" if open_inner else "</li>")
                elif level:
                    out.append("</li>")
                open_inner = bool(level)
                out.append(f"<li>{html.escape(text)}")
            out.append(f"</li></{name}></li></{name}>" if open_inner else f"</li></{name}>")
    return "\n".join(out + ["</body></html>"])


def make_html(path, words):
    blocks = content(words)
    path.write_text(web(blocks, blocks[0][2]), encoding="utf-8")
    return truth_of(blocks)


def make_csv(path, words):
    grid = table(words, spans=False)
    with open(path, "w", newline="", encoding="utf-8") as out:
        csv.writer(out, delimiter=words.random.choice(",;\t")).writerows([[cell[0] for cell in row] for row in grid])
    return html_table(grid) + "\n"


def make_xlsx(path, words):
    book, parts = openpyxl.Workbook(), []
    for number in range(words.random.randint(1, 3)):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = f"{words.random.choice(['Orders', 'Rates', 'Staff'])} {number + 1}"
        parts.append(f"# {sheet.title}")
        grid = table(words, spans=True)
        for row, cells in enumerate(grid, 1):
            for column, cell in enumerate(cells, 1):
                if cell is None:
                    continue
                text, rows, columns = cell
                sheet.cell(row, column, int(text) if text.isdigit() else text)
                if rows > 1 or columns > 1:
                    sheet.merge_cells(start_row=row, start_column=column, end_row=row + rows - 1, end_column=column + columns - 1)
        parts.append(html_table(grid))
    book.save(path)
    return "\n\n".join(parts) + "\n"


def make_ods(path, words):
    document, parts = opendocument.OpenDocumentSpreadsheet(), []
    for number in range(words.random.randint(1, 3)):
        name = f"{words.random.choice(['Orders', 'Rates', 'Staff'])} {number + 1}"
        made, grid = odf_table.Table(name=name), table(words, spans=True)
        for cells in grid:
            row = odf_table.TableRow()
            for cell in cells:
                if cell is None:
                    row.addElement(odf_table.CoveredTableCell())
                    continue
                text, rows, columns = cell
                value = {"valuetype": "float", "value": text} if text.isdigit() else {"valuetype": "string"}
                made_cell = odf_table.TableCell(numberrowsspanned=rows, numbercolumnsspanned=columns, **value)
                made_cell.addElement(odf_text.P(text=text))
                row.addElement(made_cell)
            made.addElement(row)
        document.spreadsheet.addElement(made)
        parts += [f"# {name}", html_table(grid)]
    document.save(path)
    return "\n\n".join(parts) + "\n"


def make_pptx(path, words):
    deck, parts = pptx.Presentation(), []
    for _ in range(words.random.randint(2, 5)):
        if words.random.random() < 0.6:
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            frame, lines = slide.placeholders[1].text_frame, []
            for number in range(words.random.randint(2, 5)):
                paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
                paragraph.text = words.some(2, 6)
                paragraph.level = 1 if number and words.random.random() < 0.3 else 0
                lines.append("  " * paragraph.level + f"- {paragraph.text}")
            body = "\n".join(lines)
        else:
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            grid = table(words, spans=True)
            made = slide.shapes.add_table(len(grid), len(grid[0]), Inches(1), Inches(2), Inches(7), Inches(3)).table
            fill(made, grid)
            body = html_table(grid)
        slide.shapes.title.text = words.title()
        parts += [f"# {slide.shapes.title.text}", body]
    deck.save(path)
    return "\n\n".join(parts) + "\n"


def make_eml(path, words):
    message, blocks = EmailMessage(), [("paragraph", words.paragraph()) for _ in range(3)]
    message["From"], message["To"] = "ann@example.org", "bob@example.org"
    message["Subject"], message["Date"] = words.title(), "Tue, 2 Jan 2024 03:04:05 +0000"
    body = "\n\n".join(block[1] for block in blocks)
    message.set_content(body + "\n")
    if words.random.random() < 0.5:
        message.add_alternative(web(blocks, "letter"), subtype="html")
    path.write_bytes(message.as_bytes())
    head = f"# {message['Subject']}\n\nFrom: ann@example.org\n\nTo: bob@example.org\n\nDate: 2024-01-02T03:04:05+00:00"
    return f"{head}\n\n{body}\n"


def make_md(path, words):
    blocks = content(words, spans=False)
    # In Markdown `<sign>` would be a tag; tables are written in HTML, where it is escaped already.
    path.write_text("\n\n".join(truth_of([block]).strip() if block[0] == "table" else truth_of([block]).strip().replace("<", "\\<")
                                for block in blocks) + "\n", encoding="utf-8")
    return truth_of(blocks)


def make_epub(path, words):
    """A book of one to three chapters, in reading order."""
    parts, pages = [], []
    for number in range(words.random.randint(1, 3)):
        blocks = content(words)
        parts.append(truth_of(blocks))
        page = web(blocks, blocks[0][2]).replace("<!DOCTYPE html><html>", '<html xmlns="http://www.w3.org/1999/xhtml">')
        pages.append((f"chapter{number + 1}.xhtml", page.replace("<meta charset='utf-8'>", "")))
    items = "".join(f'<item id="c{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, (name, _) in enumerate(pages))
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(pages)))
    package = ('<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
               '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">book</dc:identifier>'
               f"<dc:title>Book</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>")
    container = ('<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                 '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/epub+zip")
        for name, text in [("META-INF/container.xml", container), ("book.opf", package), *pages]:
            out.writestr(name, text)
    return "\n".join(parts)


# Old formats, which LibreOffice makes of new ones: format to the one that it is made of and its maker.
OLD = {"doc": ("docx", make_docx, "doc:MS Word 97"), "rtf": ("docx", make_docx, "rtf"),
       "xls": ("xlsx", make_xlsx, "xls:MS Excel 97"), "ppt": ("pptx", make_pptx, "ppt:MS PowerPoint 97"),
       "odp": ("pptx", make_pptx, "odp")}
FORMATS = {"docx": make_docx, "odt": make_odt, "html": make_html, "csv": make_csv, "xlsx": make_xlsx, "ods": make_ods,
           "pptx": make_pptx, "eml": make_eml, "md": make_md, "epub": make_epub}


def make_old(given, manifest):
    """Documents of old formats, all of one format in one run of LibreOffice."""
    for name, (source, make, target) in OLD.items():
        with tempfile.TemporaryDirectory() as folder:
            made = []
            for number in range(given.documents):
                stem = f"{name}-{number:03}"
                made.append(Path(folder) / f"{stem}.{source}")
                truth = make(made[-1], Words(random.Random(f"{given.seed} {stem}")))
                (given.out / "truth" / f"{stem}.md").write_text(truth, encoding="utf-8")
                manifest.write(json.dumps({"stem": stem, "kind": name}) + "\n")
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target,
                            "--outdir", given.out / "files", *made], check=True, stdout=subprocess.DEVNULL)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--documents", type=int, default=12, help="of each format")
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    for folder in ("files", "truth"):
        (given.out / folder).mkdir(parents=True, exist_ok=True)
    with open(given.out / "manifest.jsonl", "w", encoding="utf-8") as manifest:
        for name, make in FORMATS.items():
            for number in range(given.documents):
                stem = f"{name}-{number:03}"
                words = Words(random.Random(f"{given.seed} {stem}"))
                truth = make(given.out / "files" / f"{stem}.{name}", words)
                (given.out / "truth" / f"{stem}.md").write_text(truth, encoding="utf-8")
                manifest.write(json.dumps({"stem": stem, "kind": name}) + "\n")
        if shutil.which("soffice"):
            make_old(given, manifest)
        else:
            print("no soffice: no documents of", " ".join(OLD))


if __name__ == "__main__":
    main()
