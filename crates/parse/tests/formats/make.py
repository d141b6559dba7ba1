"""Makes one file of every extension that can be made, for tests/formats.rs.

Needs python-docx, openpyxl, python-pptx and Pillow, and LibreOffice (`soffice`) for the formats that only it writes;
run it in this folder. The files are small and checked in: tests never run this script.

Texts say `Mill report` (documents, slides, pages) or `Grain`, `Rye` and `42` (sheets).
"""

import gzip
import io
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from PIL import Image, ImageDraw

import old
import outlook

HERE = Path(__file__).parent / "files"
WHEN = (2024, 1, 2, 3, 4, 4)
# What is larger is kept packed, bytes.
LARGE = 40_000
ROWS = [("Grain", "Tons"), ("Rye", 42), ("Oats", 7)]

# What LibreOffice makes of a document, a sheet, slides and a drawing: extension to export filter ("" = its own choice).
WRITER = {
    "doc": "MS Word 97", "rtf": "", "odt": "", "fodt": "", "uot": "UOF text",
    "epub": "EPUB",
}
CALC = {
    "xls": "MS Excel 97", "ods": "", "fods": "", "dif": "DIF", "slk": "SYLK",
}
IMPRESS = {
    "ppt": "MS PowerPoint 97", "odp": "", "fodp": "", "uop": "UOF presentation",
}
VISIO = """<?xml version="1.0"?>
<VisioDocument xmlns="http://schemas.microsoft.com/visio/2003/core">
<StyleSheets><StyleSheet ID="0" NameU="No Style" Name="No Style"/></StyleSheets>
<Pages><Page ID="0" NameU="Page-1" Name="Page-1"><PageSheet LineStyle="0" FillStyle="0" TextStyle="0"><PageProps>
<PageWidth>8.27</PageWidth><PageHeight>11.69</PageHeight><PageScale Unit="IN">1</PageScale>
<DrawingScale Unit="IN">1</DrawingScale></PageProps></PageSheet>
<Shapes><Shape ID="1" Type="Shape" LineStyle="0" FillStyle="0" TextStyle="0"><XForm><PinX>4</PinX><PinY>8</PinY>
<Width>3</Width><Height>1</Height><LocPinX>1.5</LocPinX><LocPinY>0.5</LocPinY><Angle>0</Angle></XForm>
<Geom IX="0"><MoveTo IX="1"><X>0</X><Y>0</Y></MoveTo><LineTo IX="2"><X>3</X><Y>0</Y></LineTo>
<LineTo IX="3"><X>3</X><Y>1</Y></LineTo><LineTo IX="4"><X>0</X><Y>0</Y></LineTo></Geom>
<Text>Mill report</Text></Shape></Shapes></Page></Pages></VisioDocument>
"""
TEXTS = {
    "html": "<!DOCTYPE html><title>Mill report</title><h1>Mill report</h1><p>Rye rose.</p>\n",
    "md": "# Mill report\n\nRye rose.\n",
    "txt": "Mill report\n\nRye rose.\n",
    "csv": "Grain,Tons\nRye,42\n",
    "tsv": "Grain\tTons\nRye\t42\n",
    "xml": '<?xml version="1.0"?><report><title>Mill report</title><grain tons="42">Rye</grain></report>\n',
    "fb2": '<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
           "<body><section><title><p>Mill report</p></title><p>Rye rose.</p></section></body></FictionBook>\n",
    "vdx": VISIO,
    "yxmd": '<?xml version="1.0"?><AlteryxDocument><Nodes><Node><Caption>Mill report</Caption></Node></Nodes></AlteryxDocument>\n',
    "json": '{"title": "Mill report"}\n',
    "jsonl": '{"title": "Mill report"}\n{"title": "Rye"}\n',
    "tex": "\\documentclass{article}\\begin{document}\\section{Mill report}Rye rose.\\end{document}\n",
    "adoc": "= Mill report\n\nRye rose.\n",
    "vtt": "WEBVTT\n\n00:00.000 --> 00:02.000\nMill report\n",
    "ipynb": '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Mill report"]}], "metadata": {},'
             ' "nbformat": 4, "nbformat_minor": 5}\n',
    "py": "print('Mill report')\n",
    "rb": "puts 'Mill report'\n",
    "nxml": '<?xml version="1.0"?><article><front><article-meta><title-group><article-title>Mill report</article-title></title-group>'
            "</article-meta></front><body><p>Rye rose.</p></body></article>\n",
    "atom": '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Mill report</title><entry><title>Rye rose</title>'
            "</entry></feed>\n",
    "pml": "\\x Mill report\\x\nRye rose.\n",
    "prn": "Grain  Tons\nRye      42\n",
    "abw": '<?xml version="1.0"?><abiword xmlns="http://www.abisource.com/awml.dtd"><section><p style="Heading 1">'
           "<c>Mill report</c></p><p>Rye rose.</p></section></abiword>\n",
    "svg": '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
           '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg" width="200" height="50">'
           '<text x="10" y="20">Mill report</text></svg>\n',
    "602": "@CT 1\r\n@LM 1\r\nMill report\r\nRye rose.\r\n",
    "mhtml": 'MIME-Version: 1.0\nSubject: Mill report\nContent-Type: multipart/related; boundary="b"; type="text/html"\n\n'
             "--b\nContent-Type: text/html; charset=utf-8\nContent-Location: https://example.org/\n\n"
             "<html><body><h1>Mill report</h1></body></html>\n--b--\n",
    "rss": '<?xml version="1.0"?><rss version="2.0"><channel><title>Mill report</title><link>https://example.org</link>'
           "<description>News</description><item><title>Rye rose</title></item></channel></rss>\n",
}


def picture(text="Mill report"):
    image = Image.new("RGB", (360, 80), "white")
    ImageDraw.Draw(image).text((20, 20), text, fill="black", font_size=36)
    return image


def repack(path):
    """The same bytes on every run: fixed times in the container."""
    with zipfile.ZipFile(path) as source:
        members = [(name, source.read(name)) for name in source.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(zipfile.ZipInfo(name, WHEN), data, stored)


def convert(source, wanted):
    for extension, filter_name in wanted.items():
        target = f"{extension}:{filter_name}" if filter_name else extension
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["soffice", "--headless", "--convert-to", target, "--outdir", folder, str(source)],
                           check=True, capture_output=True)
            made = sorted(Path(folder).iterdir())
            if not made:
                print("not made:", extension)
                continue
            shutil.copy(made[0], HERE / f"report.{extension}")


def office():
    document = docx.Document()
    document.add_heading("Mill report", 1)
    document.add_paragraph("Rye rose.")
    document.save(HERE / "report.docx")
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(HERE / "report.xlsx")
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Mill report"
    slide.placeholders[1].text_frame.text = "Rye rose."
    deck.save(HERE / "report.pptx")
    for extension in ("docx", "xlsx", "pptx"):
        repack(HERE / f"report.{extension}")
    convert(HERE / "report.docx", WRITER)
    convert(HERE / "report.xlsx", CALC)
    convert(HERE / "report.pptx", IMPRESS)
    convert(HERE / "report.odp", {"fodg": "OpenDocument Drawing Flat XML"})
    convert(HERE / "report.fodg", {"odg": "draw8"})


def pictures():
    for extension, options in {"png": {}, "jpg": {"quality": 90}, "bmp": {}, "gif": {}, "webp": {"lossless": True}}.items():
        picture().save(HERE / f"report.{extension}", **options)
    pages = [picture(text).convert("1") for text in ("Mill report", "Second page")]
    pages[0].save(HERE / "report.tiff", save_all=True, append_images=pages[1:], compression="group4", dpi=(150, 150))


def mail():
    message = EmailMessage()
    message["From"], message["To"] = "Ann <ann@example.org>", "bob@example.org"
    message["Subject"], message["Date"] = "Mill report", "Tue, 2 Jan 2024 03:04:05 +0000"
    message.set_content("Rye rose. The numbers are attached.\n")
    message.add_attachment(TEXTS["csv"].encode(), maintype="text", subtype="csv", filename="numbers.csv")
    message.add_attachment(b"\x7fELF\x02\x01\x01\0", maintype="application", subtype="octet-stream", filename="mill.exe")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "carl@example.org", "Forwarded"
    inner.set_content("The inner letter.\n")
    message.add_attachment(inner)
    message.set_boundary("outer")
    (HERE / "report.eml").write_bytes(message.as_bytes())
    attached = [("numbers.csv", "text/csv", TEXTS["csv"].encode()),
                ("mill.exe", "application/octet-stream", b"\x7fELF\x02\x01\x01\0")]
    (HERE / "report.msg").write_bytes(outlook.letter(
        "Mill report", ("Ann", "ann@example.org"), ("Bob", "bob@example.org"),
        "Rye rose. The numbers are attached.\r\n", attached, 133486382450000000))


def archives():
    members = [("readme.txt", TEXTS["txt"].encode()), ("2024/numbers.csv", TEXTS["csv"].encode()),
               ("2024/mill.exe", b"\x7fELF\x02\x01\x01\0"), ("__MACOSX/._readme.txt", b"\0\5\x16\7")]
    pages = io.BytesIO()
    picture().save(pages, "PNG")
    packs = {
        "zip": members, "cbz": [("01.png", pages.getvalue())], "htmlz": [("index.html", TEXTS["html"].encode())],
        "txtz": [("index.txt", TEXTS["txt"].encode())], "fbz": [("book.fb2", TEXTS["fb2"].encode())],
    }
    for extension, parts in packs.items():
        with zipfile.ZipFile(HERE / f"report.{extension}", "w", zipfile.ZIP_DEFLATED) as target:
            for name, data in parts:
                target.writestr(zipfile.ZipInfo(name, WHEN), data, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(HERE / "report.cbc", "w") as target:
        target.writestr(zipfile.ZipInfo("one.cbz", WHEN), (HERE / "report.cbz").read_bytes())
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as target:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            target.addfile(info, io.BytesIO(data))
    (HERE / "report.tar").write_bytes(plain.getvalue())
    (HERE / "report.tgz").write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    (HERE / "report.txt.gz").write_bytes(gzip.compress(TEXTS["txt"].encode(), mtime=0))


def others():
    (HERE / "report.zabw").write_bytes(gzip.compress(TEXTS["abw"].encode(), mtime=0))
    # A Palm database with one record of text behind the one that describes it.
    text = b"Mill report\n\nRye rose.\n"
    head = b"report".ljust(32, b"\0") + bytes(28) + b"TEXtREAd" + bytes(8) + b"\0\2"
    first = len(head) + 16 + 2
    describes = b"\0\1\0\0" + len(text).to_bytes(4, "big") + b"\0\1\x10\0" + bytes(4)
    table = first.to_bytes(4, "big") + bytes(4) + (first + len(describes)).to_bytes(4, "big") + bytes(4)
    (HERE / "report.pdb").write_bytes(head + table + b"\0\0" + describes + text)
    # A worksheet of 1-2-3: version 2.01, a label, a number, the end.
    record = lambda kind, data: kind.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data
    label = lambda row, column, text: record(0x0F, b"\xff" + column.to_bytes(2, "little") + row.to_bytes(2, "little") + b"'" + text + b"\0")
    sheet = record(0, b"\x06\x04") + label(0, 0, b"Grain") + label(0, 1, b"Tons") + label(1, 0, b"Rye")
    sheet += record(0x0D, b"\xff\x01\0\x01\0" + (42).to_bytes(2, "little")) + record(1, b"")
    (HERE / "report.wk1").write_bytes(sheet)
    # dBase III: two columns, one record.
    field = lambda name, kind, size: name.ljust(11, b"\0") + kind + bytes(4) + bytes([size, 0]) + bytes(14)
    table = field(b"GRAIN", b"C", 10) + field(b"TONS", b"N", 4) + b"\r"
    head = b"\x03\x7c\1\2" + (1).to_bytes(4, "little") + (32 + len(table)).to_bytes(2, "little") + (15).to_bytes(2, "little")
    (HERE / "report.dbf").write_bytes(head + bytes(20) + table + b" Rye         42\x1a")


def microsoft_write():
    """Two paragraphs: a header, the text, and a page each for the forms of characters and paragraphs."""
    text = b"Mill report\r\nRye rose.\r\n"
    end = 128 + len(text)
    pages = (end + 127) // 128
    number = lambda value, size=2: value.to_bytes(size, "little")
    head = number(0xBE31) + bytes(2) + number(0xAB00) + bytes(8) + number(end, 4)
    head += number(pages + 1) + 5 * number(pages + 2)
    head = head.ljust(96, b"\0") + number(pages + 2)
    forms = (number(128, 4) + number(end, 4) + b"\xff\xff").ljust(127, b"\0") + b"\1"
    (HERE / "report.wri").write_bytes(head.ljust(128, b"\0") + text.ljust(pages * 128 - 128, b"\0") + 2 * forms)


def main():
    HERE.mkdir(exist_ok=True)
    for extension, text in TEXTS.items():
        (HERE / f"report.{extension}").write_text(text, encoding="utf-8")
    office()
    pictures()
    mail()
    archives()
    others()
    microsoft_write()
    for extension, data in old.files().items():
        (HERE / f"report.{extension}").write_bytes(data)
    for path in list(HERE.glob("report.*")):
        if path.suffix != ".gz" and path.stat().st_size > LARGE:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            path.unlink()


if __name__ == "__main__":
    main()
