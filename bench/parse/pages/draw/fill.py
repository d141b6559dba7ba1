"""Pieces into the columns of pages."""
from ..model import Break, fill
from .blocks import Setter
from .flow import Rule, Type, merged, paragraph


class Page:
    def __init__(self):
        self.lines, self.rules, self.fills = [], [], []

    def put(self, piece, x, y):
        lines, rules, fills = piece.moved(x, y)
        self.lines += lines
        self.rules += rules
        self.fills += fills


class Filler:
    def __init__(self, document):
        self.document, self.style, self.setter = document, document.style, Setter(document)
        style = self.style
        self.top, self.bottom, self.left = style.margins[0], style.height - style.margins[2], style.margins[3]
        self.width = style.width - style.margins[1] - style.margins[3]
        self.pages, self.y, self.region = [Page()], self.top, 0
        self.blocks, self.notes = {}, {}

    def run(self):
        blocks, style = self.document.blocks, self.style
        at = 0
        while at < len(blocks):
            wide = blocks[at].span or style.columns == 1 or isinstance(blocks[at], Break)
            end = at
            while end < len(blocks) and (blocks[end].span or style.columns == 1 or isinstance(blocks[end], Break)) == wide:
                end += 1
            self.segment(blocks[at:end], 1 if wide else style.columns, blocks[at - 1] if at else None)
            at = end
        for number in range(len(self.pages)):
            self.furniture(number + 1)
        return self

    def segment(self, blocks, columns, after):
        gutter = self.style.gutter * self.style.size
        width = (self.width - gutter * (columns - 1)) / columns
        pieces = [piece for at, one in enumerate(blocks) for piece in self.setter.pieces(one, width, blocks[at - 1] if at else after)]
        noted = any(piece.notes for piece in pieces)
        while pieces:
            room = self.bottom - self.y
            limit = room
            if columns > 1 and not noted and self.style.fill_columns == "balance":
                limit = self.balanced(pieces, columns, room)
            pieces = self.columns(pieces, columns, width, gutter, limit)
            if pieces:
                self.pages.append(Page())
                self.y, self.region = self.top, 0
                if len(self.pages) > 6:
                    raise LookupError("too many pages")

    def balanced(self, pieces, columns, room):
        total = sum(piece.before + piece.height for piece in pieces)
        height = total / columns
        while height < room:
            rest = pieces
            for _ in range(columns):
                rest = rest[self.fits(rest, height, False)[0]:]
            if not rest:
                return height
            height += 3
        return room

    def fits(self, pieces, room, notes=True):
        """How many pieces go into a column, the height they take and that of their footnotes."""
        y = below = 0.0
        best = (0, 0.0, 0.0)
        for at, piece in enumerate(pieces):
            y += (piece.before if at else 0.0) + piece.height
            if notes:
                for number in piece.notes:
                    below += self.note_height(number, below)
            if y + below > room + 0.01:
                break
            if not piece.keep or at == len(pieces) - 1:
                best = (at + 1, y, below)
        return best

    def note_height(self, number, below):
        return merged(self.note(number, self.column_width)).height + (0 if below else self.style.size)

    def note(self, number, width):
        size = self.style.size * 0.8
        return paragraph(f"{number} {self.document.notes[number]}", Type(self.style.drawn, size, size * 1.25), width, role="note")

    def columns(self, pieces, columns, width, gutter, limit):
        """Puts pieces into columns from self.y on; gives back those that are left."""
        self.column_width = width
        page, start, deepest = self.pages[-1], self.y, self.y
        first_on_page = start <= self.top + 0.01
        for column in range(columns):
            if not pieces:
                break
            if pieces[0].height >= 1e6:  # a page break
                if pieces[1:] or column == 0:
                    return pieces[1:] if not first_on_page or column else self.columns(pieces[1:], columns, width, gutter, limit)
            count, _, below = self.fits(pieces, limit)
            if count == 0:
                if first_on_page and column == 0:
                    raise LookupError("a block is higher than the page")
                continue
            self.region += 1
            x, y = self.left + column * (width + gutter), start
            for at, piece in enumerate(pieces[:count]):
                y += piece.before if at else 0.0
                page.put(piece, x, y)
                if piece.key >= 0:
                    self.blocks.setdefault(piece.key, (len(self.pages), 0, self.region, 0, piece.key))
                y += piece.height
            deepest = max(deepest, y)
            numbers = [number for piece in pieces[:count] for number in piece.notes]
            if numbers:
                at = self.bottom - below + self.style.size * 0.7
                page.rules.append(Rule(x, at - 2, x + width * 0.35, at - 2, 0.5))
                for number in numbers:
                    one = merged(self.note(number, width))
                    page.put(one, x, at)
                    at += one.height
                    self.notes[number] = (len(self.pages), 0, self.region, 1, number)
                deepest = self.bottom
            pieces = pieces[count:]
            if self.style.column_rule and column:
                page.rules.append(Rule(x - gutter / 2, start, x - gutter / 2, min(self.bottom, start + limit), 0.4, "#777777"))
        self.y = deepest + self.style.size * 0.6
        return pieces

    def furniture(self, number):
        style, page = self.style, self.pages[number - 1]
        size = style.size * style.furniture_size
        for lines, at_top in ((self.document.header, True), (self.document.footer, False)):
            y = self.top - 8 - len(lines) * size * 1.25 if at_top else self.bottom + 8
            for parts in lines:
                for part, align in zip(parts, ("left", "center", "right")):
                    if part:
                        kind = Type(style.drawn, size, size * 1.25, align)
                        made = paragraph(fill(part, number, len(self.pages)), kind, self.width, role="furniture")
                        if len(made) > 1:
                            raise LookupError("a page header is too wide")
                        page.put(made[0], self.left, y)
                y += size * 1.25
            if lines and style.furniture_rule:
                at = self.top - 5 if at_top else self.bottom + 6
                page.rules.append(Rule(self.left, at, self.left + self.width, at, 0.5, "#555555"))


