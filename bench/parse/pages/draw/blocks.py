"""Every kind of block as pieces."""
import random

from ..model import Box, Break, Code, Figure, Formula, Gap, Heading, Lines, Listing, Para, Quote, Side, Table
from . import fonts
from .flow import Fill, Line, Piece, Rule, Type, Word, merged, paragraph
from .tables import table


class Setter:
    def __init__(self, document):
        self.document, self.style = document, document.style
        style = self.style
        self.hyphens = {"en": "en_GB", "de": "de_DE", "fr": "fr", "es": "es"}.get(style.lang, "") if style.hyphenate else ""
        self.ink = "#000000"

    def type(self, factor=1.0, align=None, bold=False, italic=False, colour=None, family=None, leading=None, hyphens=False):
        style, size = self.style, self.style.size * factor
        return Type(family or style.drawn, size, size * (leading or style.leading), align or ("justify" if style.justify else "left"),
                    bold, italic, colour or self.ink, self.hyphens if hyphens else "")

    def pieces(self, one, width, after=None):
        made = self.block(one, width, after)
        for piece in made:
            piece.key = one.key
        return made

    def block(self, one, width, after):
        style = self.style
        em, gap = style.size, style.gap * style.size
        match one:
            case Heading():
                return self.heading(one, width)
            case Para():
                return self.para(one, width, after)
            case Quote(look="pull"):
                kind = self.type(1.35, "left", italic=True, colour=style.accent if self.ink == "#000000" else self.ink, leading=1.3)
                return [self.lifted(merged(paragraph(one.text, kind, width - 0.8 * em), 0.4 * em), gap, 0.8 * em)]
            case Quote():
                inner = merged(paragraph(one.text, self.type(), width - 4 * em if one.look == "indent" else width - 2 * em), 2 * em
                               if one.look == "indent" else 1.2 * em)
                if one.look == "bar":
                    inner.rules.append(Rule(1, 0, 1, inner.height, 2.5, style.accent))
                return [self.lifted(inner, gap, 0.8 * em)]
            case Lines():
                return self.lines(one, width)
            case Listing():
                return self.listing(one, width)
            case Table():
                return self.table(one, width)
            case Figure():
                picture = self.figure(one, width)
                caption = paragraph(one.caption, self.type(0.9, "left", leading=1.3), width, before=0.4 * em) if one.caption else []
                return [self.lifted(merged([picture] + caption), 0.8 * em, em)]
            case Code():
                kind = Type("Courier", em * 0.82, em * 1.1)
                lines = [Piece(kind.leading, [Line(kind.leading * 0.8, [Word(
                    fonts.width(" ", "Courier", kind.size) * (len(line) - len(line.lstrip())), line.lstrip(), "Courier", kind.size,
                    self.ink)])]) for line in one.lines]
                return [self.lifted(merged(lines), gap, 0.7 * em)]
            case Formula():
                inner = merged(paragraph(one.text, self.type(align="center", italic=True), width))
                if one.number:
                    kind = self.type()
                    face = fonts.face(kind.family)
                    inner.lines.append(Line(inner.lines[0].y, [Word(width - fonts.width(one.number, face, em), one.number, face, em, self.ink)]))
                return [self.lifted(inner, gap, 0.7 * em)]
            case Box():
                return [self.box(one, width)]
            case Side():
                out, x = Piece(0), 0.0
                for stack, share in zip(one.stacks, one.widths):
                    inner = merged(self.stack(stack, width * share - 1.2 * em))
                    lines, rules, fills = inner.moved(x, 0)
                    out.lines, out.rules, out.fills = out.lines + lines, out.rules + rules, out.fills + fills
                    out.height = max(out.height, inner.height)
                    x += width * share
                return [self.lifted(out, gap, 0.8 * em)]
            case Gap():
                return [Piece(one.ems * em)]
            case Break():
                return [Piece(1e6)]
        raise TypeError(one)

    def stack(self, blocks, width):
        return [piece for at, one in enumerate(blocks) for piece in self.pieces(one, width, blocks[at - 1] if at else None)]

    def lifted(self, piece, before, after=0.0):
        piece.before = before
        piece.height += after * 0.5
        return piece

    def heading(self, one, width):
        style = self.style
        factor, bold, italic, colour, caps, align = style.head(one.level)
        colour = self.ink if self.ink != "#000000" else colour
        kind = self.type(factor, align, bold, italic, colour, style.head_drawn, 1.2)
        kind.small = caps == "small"
        text = one.text if caps == "small" else one.printed
        made = paragraph(text, kind, width, role="head", before=style.size * (1.3 - 0.15 * one.level) * factor, keep=True)
        if "underlined" in style.heads:
            for piece in made:
                words = piece.lines[0].words
                end = words[-1].x + fonts.width(words[-1].text, words[-1].face, words[-1].size)
                piece.rules.append(Rule(words[0].x, piece.lines[0].y + 1.6, end, piece.lines[0].y + 1.6, 0.6, colour))
        if "ruled" in style.heads.split():
            made[-1].rules.append(Rule(0, made[-1].height + 1, width, made[-1].height + 1, 0.6, style.accent))
        made.append(Piece(style.size * (0.55 - 0.05 * one.level), keep=True))
        return made

    def para(self, one, width, after):
        style = self.style
        first = one.first or not isinstance(after, Para) or one.look != "body"
        before = style.gap * style.size if not style.indent else 0.0
        shapes = {"lead": dict(factor=1.12), "small": dict(factor=0.86), "big": dict(factor=1.5, align="left", leading=1.3),
                  "centre": dict(align="center"), "right": dict(align="right"), "date": dict(align="right")}
        kind = self.type(**shapes.get(one.look, {}), hyphens=one.look in ("body", "small", "lead"))
        made = paragraph(one.text, kind, width, 0.0 if first else style.indent * style.size, before=max(before, 0.35 * style.size)
                         if one.look != "body" else before)
        if one.look != "body" and style.indent:
            made.append(Piece(style.size * 0.4))
        return made

    def lines(self, one, width):
        style, em, out = self.style, self.style.size, []
        kind = self.type(align="left")
        bold = self.type(align="left", bold=one.bold)
        for at, entry in enumerate(one.lines):
            if isinstance(entry, str):
                strong = one.bold and at == 0 and not any(isinstance(line, tuple) for line in one.lines[:1])
                out += paragraph(entry, bold if strong else kind, width)
                continue
            left, right, level = entry[0], entry[1], entry[2] if len(entry) > 2 else 0
            if one.look in ("leader", "right"):
                face = fonts.face(kind.family)
                end = fonts.width(right, face, em)
                made = paragraph(left, kind, width - end - 3 * em, left=level * 1.5 * em)
                last = made[-1].lines[0]
                x = last.words[-1].x + fonts.width(last.words[-1].text, face, em) + 0.5 * em
                dots = self.style.stream.get("dots", ".")
                dot = fonts.width(dots, face, em)
                if one.look == "leader":
                    count = int((width - end - 0.5 * em - x) / dot)
                    last.words.append(Word(width - end - 0.4 * em - dot * count, dots * count, face, em, self.ink))
                last.words.append(Word(width - end, right, face, em, self.ink))
                out += made
            elif one.look == "tab":
                label = paragraph(left, bold, 10.5 * em)
                text = paragraph(right, kind, width, left=11 * em)
                out.append(beside(label, text))
            else:
                start = f"<b>{left}</b>" if one.bold else left
                out += paragraph(f"{start} {right}", kind, width)
        out[0].before = style.gap * em
        out[0].keep = True
        out.append(Piece(style.gap * em * 0.3))
        return out

    def listing(self, one, width):
        style, em, out = self.style, self.style.size, []
        for at, item in enumerate(one.items):
            left = 1.9 * em * (item.level + 1)
            made = paragraph(item.text, self.type(), width, left=left)
            face = fonts.face(style.drawn)
            made[0].lines.append(Line(made[0].lines[0].y, [Word(left - 1.6 * em, item.marker, face, em, self.ink)], "bullet"))
            made[0].before = 0.7 * style.gap * em if at == 0 else 0.5 * em if one.loose else 0.0
            out += made
        out.append(Piece(style.gap * em * 0.5))
        return out

    def table(self, one, width):
        em = self.style.size
        made = [table(one, self.type(), width, self.style.stream)]
        if one.caption:
            caption = paragraph(one.caption, self.type(0.9, "left", leading=1.3), width)
            made = caption + [Piece(0.35 * em)] + made if one.look.caption_above else made + [Piece(0.35 * em)] + caption
        return [self.lifted(merged(made), (self.style.gap + 0.4) * em, 1.2 * em)]

    def box(self, one, width):
        em, ink = self.style.size, self.ink
        self.ink = one.ink or ink
        inner = merged(self.stack(one.blocks, width - 2 * em), em, 0.8 * em)
        self.ink = ink
        inner.height += 0.8 * em
        inner.fills.insert(0, Fill(0, 0, width, inner.height, one.fill))
        if one.border:
            for x0, y0, x1, y1 in ((0, 0, width, 0), (0, inner.height, width, inner.height), (0, 0, 0, inner.height),
                                   (width, 0, width, inner.height)):
                inner.rules.append(Rule(x0, y0, x1, y1, 0.7, self.style.accent))
        return self.lifted(inner, self.style.gap * em, em)

    def figure(self, one, width):
        rng, piece = random.Random(one.seed), Piece(one.height)
        if one.shape in ("bars", "line"):
            piece.rules += [Rule(4, 0, 4, one.height), Rule(4, one.height, width, one.height)]
        last = None
        for at in range(10):
            x, tall = 8 + (width - 20) * at / 10, one.height * rng.uniform(0.15, 0.9)
            if one.shape == "line":
                if last:
                    piece.rules.append(Rule(*last, x, tall, 1.2, self.style.accent))
                last = (x, tall)
            elif one.shape == "bars":
                piece.fills.append(Fill(x, one.height - tall, width / 16, tall, self.style.accent))
            else:
                grey = f"#{rng.randint(80, 220):02x}"
                piece.fills.append(Fill(x, rng.uniform(0, one.height * 0.6), width / 10, one.height * 0.4, grey + grey[1:] * 2))
        return piece


def beside(left, right):
    one, two = merged(left), merged(right)
    return Piece(max(one.height, two.height), one.lines + two.lines)
