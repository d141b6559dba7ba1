"""Makes the documents of tests/format_options.rs: what each option of these formats shows or leaves out.

Needs python-docx, openpyxl, python-pptx, msoffcrypto-tool and LibreOffice; run it in this folder. The files are checked in:
tests never run this script.
"""

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from msoffcrypto.format.ooxml import OOXMLFile
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from make import HERE, repack

DELETED = """<w:del {ns} w:id="1" w:author="Ann" w:date="2024-01-02T03:04:05Z"><w:r><w:delText>fell</w:delText></w:r></w:del>"""
INSERTED = """<w:ins {ns} w:id="2" w:author="Bob" w:date="2024-01-02T03:04:05Z"><w:r><w:t>rose</w:t></w:r></w:ins>"""
FORMULA = """<m:oMath {ns}><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"""


def deck():
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "Harvest"
    data = CategoryChartData()
    data.categories = ["Rye", "Oats"]
    data.add_series("Tons", (42, 7))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(4), Inches(3), data)
    slide.shapes.add_textbox(Inches(12), Inches(1), Inches(2), Inches(1)).text_frame.text = "Beside the slide"
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text = "Secret"
    slide.placeholders[1].text_frame.text = "Not shown"
    slide._element.set("show", "0")
    slides.save(HERE / "options.pptx")
    repack(HERE / "options.pptx")


def book():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Harvest"
    for row, texts in enumerate([("Grain", "Tons"), ("Rye", 42)], 1):
        for column, text in enumerate(texts, 1):
            sheet.cell(row, column, text)
    for row, texts in enumerate([("Mill", "Town"), ("North", "Ulm")], 6):
        for column, text in enumerate(texts, 4):
            sheet.cell(row, column, text)
    sheet.merge_cells("D8:E8")
    sheet["D8"] = "merged"
    other = book.create_sheet("Prices")
    other.append(("Secret", 1))
    other.sheet_state = "hidden"
    book.save(HERE / "options.xlsx")
    repack(HERE / "options.xlsx")


def letter():
    document = docx.Document()
    document.add_heading("Mill report", 1)
    paragraph = document.add_paragraph("Rye ")
    for xml in (DELETED, INSERTED):
        paragraph._p.append(parse_xml(xml.format(ns=nsdecls("w"))))
    run = paragraph.add_run(" in May.")
    document.add_comment(run, text="Which year?", author="Carl", initials="C")
    formula = document.add_paragraph("The yield is ")
    ns = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    formula._p.append(parse_xml(FORMULA.format(ns=ns)))
    table = document.add_table(rows=3, cols=3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "tall"
    for text, style in [("one", "List Number"), ("deeper", "List Number 2"), ("two", "List Number")]:
        document.add_paragraph(text, style)
    document.save(HERE / "options.docx")
    repack(HERE / "options.docx")


def other_books():
    """Excel 97 and OpenDocument by LibreOffice: four sheets, one of them hidden, tables side by side in the first."""
    book = openpyxl.Workbook()
    book.active.title = "First"
    for column, text in [("A", "Grain"), ("B", "Tons"), ("E", "Mill")]:
        book.active[f"{column}1"], book.active[f"{column}2"] = text, text.lower()
    for name, text in [("Second", "Town"), ("Third", "Secret"), ("Fourth", "Last")]:
        sheet = book.create_sheet(name)
        sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"] = text, "x", "y", "z"
        sheet.sheet_state = "hidden" if name == "Third" else "visible"
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "options.xlsx")
        for extension, target in [("xls", "xls:MS Excel 97"), ("ods", "ods"), ("fods", "fods")]:
            subprocess.run(["soffice", "--headless", "--convert-to", target, "--outdir", folder,
                            str(Path(folder) / "options.xlsx")], check=True, capture_output=True)
            shutil.copy(Path(folder) / f"options.{extension}", HERE / f"options.{extension}")


def formulas():
    """A workbook whose formula was never computed, and one whose stored value is wrong."""
    book = openpyxl.Workbook()
    for row in [("Rye", 40), ("Oats", 2), ("Sum", "=B1+B2")]:
        book.active.append(row)
    book.save(HERE / "formula.xlsx")
    repack(HERE / "formula.xlsx")
    path = HERE / "stale.xlsx"
    shutil.copy(HERE / "formula.xlsx", path)
    with zipfile.ZipFile(path) as source:
        members = [(info, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for info, data in members:
            target.writestr(info, data.replace(b"</f><v></v>", b"</f><v>7</v>").replace(b"</f><v />", b"</f><v>7</v>"))


def protected():
    """A workbook with a password: a compound file, whatever its name says. Other bytes on every run."""
    with open(HERE / "options.xlsx", "rb") as source, open(HERE / "protected.xlsx", "wb") as target:
        OOXMLFile(source).encrypt("rye", target)


if __name__ == "__main__":
    deck()
    book()
    other_books()
    formulas()
    letter()
    protected()
