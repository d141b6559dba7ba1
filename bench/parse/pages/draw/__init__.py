"""Typesets a document with explicit coordinates, in the stream order and the units that its style asks for."""
import io
import random

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from ..model import Placed
from . import fonts
from .fill import Filler


def ordered(page, stream, rng):
    """The lines of a page in stream order."""
    lines = list(page.lines)
    order = stream["order"]
    if order == "rows":
        lines.sort(key=lambda line: (round(line.y / 2), line.words[0].x))
    elif order == "reversed":
        lines.reverse()
    elif order == "furniture late":
        pass
    elif order == "tables first":
        lines.sort(key=lambda line: line.role != "table")
    elif order == "heads late":
        lines.sort(key=lambda line: line.role == "head")
    if order != "furniture late" and order != "rows" and rng.random() < 0.5:
        lines.sort(key=lambda line: line.role != "furniture")
    if stream["bullets_late"]:
        lines.sort(key=lambda line: line.role == "bullet")
    return lines


def groups(line, unit):
    """The words of a line as strings to show: (x, text, word)."""
    if unit in ("word", "letter"):
        return [(word.x, word.text, word) for word in line.words]
    out = []
    for word in line.words:
        if out:
            x, text, first = out[-1]
            end = x + fonts.width(text, first.face, first.size)
            blank = fonts.width(" ", first.face, first.size)
            same = (first.face, first.size, first.rise, first.colour) == (word.face, word.size, word.rise, word.colour)
            if same and word.glued and abs(word.x - end) < 0.2:
                out[-1] = (x, text + word.text, first)
                continue
            if same and not word.glued and abs(word.x - end - blank) < 0.2:
                out[-1] = (x, text + " " + word.text, first)
                continue
        out.append((word.x, word.text, word))
    return out


def spread(line, canvas_text, height):
    """A justified line in one string, by word spacing; only where all of it is in one standard face."""
    words = line.words
    faces = {(word.face, word.size, word.rise, word.colour) for word in words}
    standard = any(words[0].face in names for names in fonts.TYPE1.values())
    if len(faces) != 1 or len(words) < 2 or not standard or any(word.glued for word in words):
        return False
    first = words[0]
    gaps = [two.x - one.x - fonts.width(one.text, one.face, one.size) for one, two in zip(words, words[1:])]
    if max(gaps) - min(gaps) > 0.1 or max(gaps) > 3 * first.size:
        return False
    text = canvas_text.beginText(first.x, height - line.y)
    text.setFont(first.face, first.size)
    text.setFillColor(HexColor(first.colour))
    text.setWordSpace(gaps[0] - fonts.width(" ", first.face, first.size))
    text.textOut(" ".join(word.text for word in words))
    text.setWordSpace(0)
    canvas_text.drawText(text)
    return True


def show(canvas, line, stream, height):
    if stream["unit"] == "line" and spread(line, canvas, height):
        return
    shown = groups(line, stream["unit"])
    for at, (x, text, word) in enumerate(shown):
        canvas.setFillColor(HexColor(word.colour))
        canvas.setFont(word.face, word.size)
        y = height - line.y + word.rise
        last = at == len(shown) - 1 or shown[at + 1][2].glued
        text += " " if stream["spaces"] and not last else ""
        if stream["unit"] == "letter":
            for char in text:
                canvas.drawString(x, y, char)
                x += fonts.width(char, word.face, word.size)
            continue
        canvas.drawString(x, y, text)


def render(document):
    style = document.style
    fonts.fit(document, (style.drawn, style.head_drawn))
    filled = Filler(document).run()
    out, rng = io.BytesIO(), random.Random(str(style.stream) + document.kind)
    canvas = Canvas(out, pagesize=(style.width, style.height), invariant=1)
    rules_as_boxes, rules_late = rng.random() < 0.3, rng.random() < 0.5

    def rules(page):
        for rule in page.rules:
            canvas.setStrokeColor(HexColor(rule.colour))
            canvas.setFillColor(HexColor(rule.colour))
            level = rule.y0 == rule.y1
            if rules_as_boxes and (level or rule.x0 == rule.x1):
                canvas.rect(rule.x0, style.height - rule.y1, rule.x1 - rule.x0 or rule.weight, (rule.y1 - rule.y0) or rule.weight,
                            stroke=0, fill=1)
            else:
                canvas.setLineWidth(rule.weight)
                canvas.line(rule.x0, style.height - rule.y0, rule.x1, style.height - rule.y1)

    for page in filled.pages:
        for box in page.fills:
            canvas.setFillColor(HexColor(box.colour))
            canvas.rect(box.x, style.height - box.y - box.height, box.width, box.height, stroke=0, fill=1)
        if not rules_late:
            rules(page)
        for line in ordered(page, style.stream, rng):
            show(canvas, line, style.stream, style.height)
        if rules_late:
            rules(page)
        canvas.showPage()
    canvas.save()
    return Placed(out.getvalue(), len(filled.pages), filled.blocks, filled.notes)
