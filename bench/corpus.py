"""Makes the benchmark's own documents: FOLDER/*.pdf, the same ones every time."""
import sys
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

STYLES = getSampleStyleSheet()
WORDS = ("harbour ledger quay master freight timber salt paper volume archive reader shelf clerk spring repair notice "
         "quarter ship crane rope barrel market customs season register copy page margin ink binding").split()
DOCUMENTS, PAGES = 30, 12


def sentence(seed):
    """A sentence of 9 to 20 words, by a small generator of its own so that every machine makes the same."""
    out, state = [], seed * 2654435761 % 2**32
    for _ in range(9 + seed % 12):
        state = (state * 1103515245 + 12345) % 2**31
        out.append(WORDS[state // 65536 % len(WORDS)])
    return " ".join(out).capitalize() + "."


def page_story(seed, columns):
    body = ParagraphStyle("Body", parent=STYLES["BodyText"], fontSize=10 if columns == 1 else 9, leading=12)
    story = [Paragraph(f"{seed % 9 + 1} {sentence(seed)[:40]}", STYLES["Heading1"])]
    for part in range(3):
        story.append(Paragraph(sentence(seed + part)[:35], STYLES["Heading2"]))
        story += [Paragraph(" ".join(sentence(seed * 31 + part * 7 + i + j) for j in range(5)), body) for i in range(3)]
    if seed % 3 == 0:
        rows = [["Ship", "Freight", "Tons"]] + [[WORDS[(seed + i) % 30], WORDS[(seed * i) % 30], str(seed * i % 997)] for i in range(1, 8)]
        table = Table(rows)
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        story += [Spacer(1, 4 * mm), table]
    return story


def make(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(DOCUMENTS):
        columns = 1 + number % 2
        width = 170 / columns - (4 if columns == 2 else 0)
        frames = [Frame((20 + i * (width + 8)) * mm, 20 * mm, width * mm, 255 * mm) for i in range(columns)]
        document = BaseDocTemplate(str(folder / f"document-{number:02}.pdf"), pagesize=A4, invariant=1)
        document.addPageTemplates([PageTemplate("page", frames)])
        document.build([block for page in range(PAGES) for block in page_story(number * 100 + page, columns)])


if __name__ == "__main__":
    make(sys.argv[1])
