#!/usr/bin/env python3
"""Makes the example documents of this folder. Everything in them is invented.

    python3 -m venv .venv && .venv/bin/pip install -r examples/requirements.txt
    .venv/bin/python examples/generate.py

Needs LibreOffice (`soffice`) for OpenDocument files. The made files are checked in, so nothing here is needed to run
docmill. Every run gives the same bytes, but for the OpenDocument files, in which LibreOffice writes its own version.
"""
import io
import random
import re
import subprocess
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Font
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pptx import Presentation
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (BaseDocTemplate, Frame, ListFlowable, NextPageTemplate, PageTemplate, Paragraph,
                                SimpleDocTemplate, Spacer, Table, TableStyle)

HERE = Path(__file__).parent / "documents"
WHEN = (2024, 5, 31, 9, 0, 0)
STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("Body", parent=STYLES["BodyText"], fontSize=10.5, leading=14, spaceAfter=6)
PROSE = (
    "The archive moved to the old mill in spring. Every box was opened once, its papers counted, and a card written for "
    "each of them. Water had reached the lowest shelves, but the ledgers above were dry. ",
    "Readers ask most often for the harbour books, which list each ship, its master and its freight. They were bound by "
    "year until 1911 and by quarter afterwards, because the volumes had grown too heavy to lift. ",
    "A second reading found names that the first had missed. Where two clerks disagree, both spellings are kept, the later "
    "one in brackets, so that nobody has to search twice. ",
)


def letter():
    def furniture(canvas, doc):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(20 * mm, 285 * mm, "Harbour Archive - Annual letter")
        canvas.drawRightString(190 * mm, 10 * mm, f"Page {doc.page}")

    story = [Paragraph("Annual letter of the archive", STYLES["Title"])]
    for number, title in enumerate(("What was done", "What was found", "What comes next"), 1):
        story.append(Paragraph(f"{number}. {title}", STYLES["Heading1"]))
        story += [Paragraph(PROSE[(number + i) % 3] * 2, BODY) for i in range(4)]
        story.append(Paragraph("In short", STYLES["Heading2"]))
        story.append(ListFlowable([Paragraph(text, BODY) for text in ("412 boxes opened", "38 ledgers repaired", "2 volumes lost")],
                                  bulletType="bullet"))
    doc = SimpleDocTemplate(str(HERE / "letter.pdf"), pagesize=A4, title="Annual letter of the archive", invariant=1)
    doc.build(story, onFirstPage=furniture, onLaterPages=furniture)


def two_columns():
    doc = BaseDocTemplate(str(HERE / "article.pdf"), pagesize=A4, title="Reading harbour books by machine", invariant=1)
    head = Frame(20 * mm, 240 * mm, 170 * mm, 40 * mm)
    columns = [Frame(x * mm, 20 * mm, 81 * mm, 218 * mm) for x in (20, 109)]
    doc.addPageTemplates([PageTemplate("first", [head, *columns]),
                          PageTemplate("rest", [Frame(x * mm, 20 * mm, 81 * mm, 255 * mm) for x in (20, 109)])])
    small = ParagraphStyle("Small", parent=BODY, fontSize=9.5, leading=12, alignment=4)
    story = [NextPageTemplate("rest"), Paragraph("Reading harbour books by machine", STYLES["Title"]),
             Paragraph("A. Ledger and B. Quill", ParagraphStyle("By", parent=BODY, alignment=1)), Spacer(1, 30 * mm)]
    for title in ("Abstract", "1 Introduction", "2 Method", "3 Results", "4 Discussion"):
        story.append(Paragraph(title, STYLES["Heading2"]))
        story += [Paragraph(PROSE[i % 3] * 2, small) for i in range(5)]
    doc.build(story)


def invoice(name="invoice.pdf", number="INV-2024-0117", folder=HERE):
    canvas = Canvas(str(folder / name), pagesize=A4, invariant=1)
    canvas.setTitle(f"Invoice {number}")
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(20 * mm, 270 * mm, "INVOICE")
    canvas.setFont("Helvetica", 10)
    for i, line in enumerate(("Northwind Paper Mill Ltd.", "12 Quay Street", "Harbour Town HT1 2AB", "VAT ID: GB123456789")):
        canvas.drawString(20 * mm, (258 - 5 * i) * mm, line)
    facts = (("Invoice number:", number), ("Invoice date:", "17 January 2024"), ("Due date:", "16 February 2024"),
             ("Customer:", "Harbour Archive"))
    for i, (label, value) in enumerate(facts):
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(120 * mm, (258 - 5 * i) * mm, label)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(155 * mm, (258 - 5 * i) * mm, value)
    rows = [["Description", "Quantity", "Unit price", "Amount"], ["Archive boxes, acid free", "120", "4.50", "540.00"],
            ["Ledger repair paper, m2", "35", "12.20", "427.00"], ["Delivery", "1", "45.00", "45.00"],
            ["", "", "Net", "1,012.00"], ["", "", "VAT 20%", "202.40"], ["", "", "Total", "1,214.40"]]
    table = Table(rows, colWidths=[80 * mm, 25 * mm, 30 * mm, 35 * mm])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 10),
                               ("ALIGN", (1, 0), (-1, -1), "RIGHT"), ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)]))
    table.wrapOn(canvas, 170 * mm, 100 * mm)
    table.drawOn(canvas, 20 * mm, 170 * mm)
    canvas.drawString(20 * mm, 155 * mm, "Please pay within 30 days to IBAN GB82 WEST 1234 5698 7654 32.")
    canvas.save()


def form():
    canvas = Canvas(str(HERE / "form.pdf"), pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(20 * mm, 270 * mm, "Reader's registration")
    canvas.setFont("Helvetica", 11)
    for i, (label, value) in enumerate((("Name", "Ada Marsh"), ("Reader number", "R-2291"), ("Subject", "Harbour books, 1890-1911"))):
        y = (250 - 14 * i) * mm
        canvas.drawString(20 * mm, y + 4, label)
        canvas.acroForm.textfield(name=label.lower().replace(" ", "_"), value=value, x=60 * mm, y=y, width=90 * mm, height=18, fontSize=10)
    for i, (label, on) in enumerate((("Wants copies", True), ("Has read the rules", False))):
        y = (200 - 10 * i) * mm
        canvas.acroForm.checkbox(name=label.lower().replace(" ", "_"), checked=on, x=20 * mm, y=y, size=12)
        canvas.drawString(28 * mm, y + 2, label)
    canvas.save()


def page_picture(lines, size=(1240, 1754), font_size=34):
    picture = Image.new("L", size, 250)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=font_size)
    for i, line in enumerate(lines):
        draw.text((130, 160 + i * int(font_size * 1.7)), line, fill=25, font=font)
    return picture


def scan():
    lines = ["Harbour Master's Office", "", "Notice to all ships", "", "The north quay is closed from 3 May until 9 May",
             "for repairs. Ships of more than 40 tons use the", "outer harbour. The fee is 14 shillings a day.", "",
             "Signed, the Harbour Master"]
    picture = page_picture(lines).rotate(0.4, fillcolor=250).filter(ImageFilter.GaussianBlur(0.6))
    noise = random.Random(7)
    for _ in range(900):
        picture.putpixel((noise.randrange(1240), noise.randrange(1754)), noise.randrange(90, 200))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    buffer.seek(0)
    canvas = Canvas(str(HERE / "scan.pdf"), pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(buffer), 0, 0, *A4)
    canvas.save()


def rotated():
    canvas = Canvas(str(HERE / "rotated.pdf"), pagesize=A4, invariant=1)
    canvas.setPageRotation(90)
    canvas.translate(A4[0], 0)
    canvas.rotate(90)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(20 * mm, 185 * mm, "Ships of the year 1911")
    rows = [["Ship", "Master", "Freight", "Tons"], ["Aurora", "J. Holt", "Timber", "38"], ["Bellona", "P. Kerr", "Salt", "41"],
            ["Castor", "M. Lund", "Paper", "22"]]
    table = Table(rows, colWidths=[50 * mm] * 4)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 10)]))
    table.wrapOn(canvas, *landscape(A4))
    table.drawOn(canvas, 20 * mm, 140 * mm)
    canvas.save()


def office():
    report = Document()
    report.add_heading("Repair report", 0)
    report.add_paragraph("Thirty-eight ledgers were repaired between March and June. " + PROSE[0])
    report.add_heading("Materials", 1)
    for text in ("Japanese paper, 9 g", "Wheat starch paste", "Linen thread"):
        report.add_paragraph(text, style="List Bullet")
    report.add_heading("Costs", 1)
    table = report.add_table(rows=1, cols=3, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Item", "Quantity", "Cost")):
        cell.text = text
    for row in (("Paper", "35 m2", "427.00"), ("Paste", "4 kg", "36.80"), ("Thread", "12 rolls", "54.00")):
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    report.save(HERE / "report.docx")

    book = Workbook()
    sheet = book.active
    sheet.title = "Visitors"
    for row in (("Month", "Readers", "Volumes"), ("January", 118, 402), ("February", 97, 377), ("March", 154, 590)):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    costs = book.create_sheet("Costs")
    for row in (("Item", "Amount"), ("Boxes", 540.0), ("Paper", 427.0), ("Delivery", 45.0)):
        costs.append(row)
    book.save(HERE / "visitors.xlsx")

    slides = Presentation()
    for title, points in (("The archive in numbers", ("412 boxes", "38 ledgers repaired")), ("Plans", ("Scan the harbour books", "Open on Saturdays"))):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(points)
        slide.notes_slide.notes_text_frame.text = f"Say a word about: {title.lower()}."
    slides.save(HERE / "plans.pptx")


def plain():
    (HERE / "catalogue.html").write_text("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Catalogue of harbour books</title></head>
<body><nav><a href="/">Home</a></nav>
<h1>Catalogue of harbour books</h1>
<p>The books are listed by <em>year</em>; a star marks those that may not be copied.</p>
<table><thead><tr><th>Year</th><th>Volumes</th><th>Shelf</th></tr></thead>
<tbody><tr><td>1909</td><td>1</td><td>B 12</td></tr><tr><td>1910</td><td>1</td><td>B 13</td></tr>
<tr><td>1911 *</td><td>4</td><td>B 14</td></tr></tbody></table>
<ol><li>Ask at the desk.</li><li>Sign the card.</li></ol></body></html>
""", encoding="utf-8")
    (HERE / "notes.txt").write_text("Notes of 3 May\n\nThe north quay is closed. Boxes 200 to 212 wait in the hall.\n\n"
                                    "Ask M\u00fcller about the key of the lower store.\n", encoding="utf-8")
    (HERE / "shelves.csv").write_text("shelf,books,damaged\nB 12,31,2\nB 13,29,0\nB 14,44,7\n", encoding="utf-8")
    page_picture(["RECEIPT", "", "Quay Stationers", "3 May 2024", "", "Pencils        6.40", "Index cards   11.20", "",
                  "TOTAL         17.60"], size=(900, 1000), font_size=38).save(HERE / "receipt.png", dpi=(150, 150))


def packed():
    """A letter with an attachment, and an archive of two documents."""
    message = EmailMessage()
    message["From"], message["To"] = "Reading room <desk@example.org>", "archive@example.org"
    message["Subject"], message["Date"] = "Returns of May", "Fri, 3 May 2024 16:05:00 +0000"
    message.set_content("The returns of this week are attached.\n\nBox 204 is still out.\n")
    message.add_attachment("box,reader\n201,Ann\n204,Bob\n", subtype="csv", filename="returns.csv")
    message.set_boundary("returns")
    (HERE / "returns.eml").write_bytes(message.as_bytes())
    with zipfile.ZipFile(HERE / "minutes.zip", "w") as archive:
        for name, text in [("april.md", "# Minutes of April\n\n- The roof was mended.\n- Two boxes came back.\n"),
                           ("may.rtf", r"{\rtf1\ansi{\b Minutes of May}\par The north quay opens again.\par}")]:
            archive.writestr(zipfile.ZipInfo(name, WHEN), text)


def repack(path):
    """The same bytes on every run: fixed times in the container, and in what it says of itself."""
    with zipfile.ZipFile(path) as source:
        members = [(name, source.read(name)) for name in source.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            if name in ("docProps/core.xml", "meta.xml"):
                data = re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", b"2024-05-31T09:00:00", data)
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(zipfile.ZipInfo(name, WHEN), data, stored)


def open_documents():
    """A text, a workbook and slides of OpenDocument, by LibreOffice."""
    rules = Document()
    rules.add_heading("Rules of the reading room", 1)
    rules.add_paragraph("The room is open ").add_run("from nine to five").bold = True
    for text in ("Coats stay outside.", "Pencils only."):
        rules.add_paragraph(text, style="List Bullet")
    table = rules.add_table(rows=3, cols=2, style="Table Grid")
    for index, text in enumerate(("Lent out", "", "Ledgers", "3 days", "Maps", "never")):
        table.cell(index // 2, index % 2).text = text
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Lent out"
    book = Workbook()
    book.active.title = "Tides"
    for row in (("Quay", "High water", "Share"), ("North", "06:12", 0.256), ("South", "06:40", 0.5)):
        book.active.append(row)
    for row in (2, 3):
        book.active.cell(row, 3).number_format = "0.0%"
    slides = Presentation()
    for title in ("Open day", "Tours"):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, "At ten\nAt noon"
    with tempfile.TemporaryDirectory() as folder:
        rules.save(Path(folder) / "rules.docx")
        book.save(Path(folder) / "tides.xlsx")
        slides.save(Path(folder) / "openday.pptx")
        for name, extension in (("rules.docx", "odt"), ("tides.xlsx", "ods"), ("openday.pptx", "odp")):
            command = ["soffice", "--headless", "--convert-to", extension, "--outdir", str(HERE), str(Path(folder) / name)]
            subprocess.run(command, check=True, capture_output=True)
            repack(HERE / Path(name).with_suffix("." + extension))


def further():
    """Formats that need no program: Markdown, RTF, SVG, EPUB, a TIFF of two pages, a workbook of texts."""
    (HERE / "readme.md").write_text("# How to ask for a book\n\n1. Find it in the **catalogue**.\n2. Write a card.\n   - One card a book.\n\n"
                                    "| Day | Desk |\n| --- | --- |\n| Monday | closed |\n| Friday | open |\n", encoding="utf-8")
    (HERE / "notice.rtf").write_text(r"{\rtf1\ansi{\b Notice}\par The lift is out of order{\*\footnote Until 4 June.}.\par}", encoding="ascii")
    (HERE / "plan.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120"><rect width="320" height="120" '
                                   'fill="none" stroke="black"/><text x="20" y="40">North quay</text><text x="20" y="90">Hall of boxes'
                                   "</text></svg>\n", encoding="utf-8")
    pages = [page_picture([f"Card {number}", "", name], size=(600, 400), font_size=36).point(lambda grey: 255 * (grey > 128)).convert("1")
             for number, name in ((1, "Harbour books"), (2, "Ledgers of salt"))]
    pages[0].save(HERE / "cards.tiff", save_all=True, append_images=pages[1:], compression="group4", dpi=(150, 150))
    chapter = ("<html xmlns='http://www.w3.org/1999/xhtml'><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>")
    with zipfile.ZipFile(HERE / "guide.epub", "w") as book:
        book.writestr(zipfile.ZipInfo("mimetype", WHEN), "application/epub+zip")
        parts = {
            "META-INF/container.xml": "<container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
            "<rootfile full-path='book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>",
            "book.opf": "<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><metadata xmlns:dc='http://purl.org/dc/elements/1.1/'>"
            "<dc:title>Guide to the archive</dc:title></metadata><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='b' href='b.xhtml' media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/><itemref idref='b'/>"
            "</spine></package>",
            "a.xhtml": chapter.format("The hall", PROSE[0].strip()),
            "b.xhtml": chapter.format("The harbour books", PROSE[1].strip()),
        }
        for name, part in parts.items():
            book.writestr(zipfile.ZipInfo(name, WHEN), part, zipfile.ZIP_DEFLATED)


def bad():
    lock = StandardEncryption("only the archivist knows", canPrint=0, strength=128)
    canvas = Canvas(str(HERE / "protected.pdf"), pagesize=A4, encrypt=lock, invariant=1)
    canvas.drawString(20 * mm, 270 * mm, "Salaries of the staff")
    canvas.save()
    noise = random.Random(11)
    (HERE / "backup.dat").write_bytes(bytes(noise.randrange(256) for _ in range(4096)))


if __name__ == "__main__":
    (HERE / "2024").mkdir(parents=True, exist_ok=True)
    letter(), two_columns(), invoice(), form(), scan(), rotated(), office(), plain(), packed(), bad()
    open_documents(), further()
    for path in [*HERE.glob("*.docx"), *HERE.glob("*.xlsx"), *HERE.glob("*.pptx")]:
        repack(path)
    invoice("invoice-0118.pdf", "INV-2024-0118", HERE / "2024")
    print(f"{sum(1 for path in HERE.rglob('*') if path.is_file())} documents in {HERE}")
