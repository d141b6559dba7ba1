"""Blocks as pieces: unbreakable strips of lines, rules and fills, with coordinates from their top left corner."""
from dataclasses import dataclass, field

import pyphen

from ..model import runs
from . import fonts


@dataclass
class Word:
    x: float
    text: str
    face: str
    size: float
    colour: str
    rise: float = 0.0
    glued: bool = False  # no space before it


@dataclass
class Line:
    y: float  # of the baseline, downwards from the piece's top
    words: list
    role: str = "text"


@dataclass
class Rule:
    x0: float
    y0: float
    x1: float
    y1: float
    weight: float = 0.5
    colour: str = "#000000"
    role: str = "rule"


@dataclass
class Fill:
    x: float
    y: float
    width: float
    height: float
    colour: str
    role: str = "fill"


@dataclass
class Piece:
    height: float
    lines: list = field(default_factory=list)
    rules: list = field(default_factory=list)
    fills: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    before: float = 0.0  # space above, not at a column's top
    keep: bool = False  # with the next piece
    key: int = -1

    def moved(self, dx, dy):
        return ([Line(line.y + dy, [Word(w.x + dx, w.text, w.face, w.size, w.colour, w.rise, w.glued) for w in line.words], line.role)
                 for line in self.lines],
                [Rule(r.x0 + dx, r.y0 + dy, r.x1 + dx, r.y1 + dy, r.weight, r.colour, r.role) for r in self.rules],
                [Fill(f.x + dx, f.y + dy, f.width, f.height, f.colour, f.role) for f in self.fills])


def merged(pieces, dx=0.0, dy=0.0):
    """One piece of many."""
    one, y = Piece(0), dy
    for at, piece in enumerate(pieces):
        y += piece.before if at else 0
        lines, rules, fills = piece.moved(dx, y)
        one.lines += lines
        one.rules += rules
        one.fills += fills
        one.notes += piece.notes
        y += piece.height
    one.height = y
    return one


@dataclass
class Type:
    """How a run of text is set."""
    family: str
    size: float
    leading: float  # points
    align: str = "left"
    bold: bool = False
    italic: bool = False
    colour: str = "#000000"
    hyphens: str = ""  # language
    small: bool = False  # small capitals


@dataclass
class Token:
    parts: list  # of (text, face, size, rise)
    width: float
    note: int = 0


def tokens(text, kind):
    """Words; a word may have parts in several faces."""
    found, glue = [], False
    for part, style in runs(text):
        face = fonts.face(kind.family, kind.bold or "b" in style, kind.italic or "i" in style)
        size, rise = (kind.size * 0.65, kind.size * 0.33) if style == "n" else (kind.size, 0.0)
        pieces = part.split(" ")
        for at, word in enumerate(pieces):
            if at:
                glue = False
            if not word:
                continue
            parts = [(word, face, size, rise)] if not kind.small else small_caps(word, face, size)
            wide = sum(fonts.width(text, name, points) for text, name, points, _ in parts)
            if glue and found:
                found[-1].parts += parts
                found[-1].width += wide
            else:
                found.append(Token(parts, wide))
            if style == "n":
                found[-1].note = int(part)
            glue = True
        if part.endswith(" "):
            glue = False
    return found


def small_caps(word, face, size):
    parts = []
    for char in word:
        made = (char.upper(), face, size * 0.78 if char.islower() else size, 0.0)
        if parts and parts[-1][2] == made[2]:
            parts[-1] = (parts[-1][0] + made[0], face, made[2], 0.0)
        else:
            parts.append(made)
    return parts


def broken(token, room, language):
    """(head with hyphen, tail) when the word can be divided so that its head fits."""
    if len(token.parts) != 1 or token.note:
        return None
    text, face, size, rise = token.parts[0]
    core = text.rstrip(".,;:)")
    if not core.isalpha() or len(core) < 6 or core[1:].lower() != core[1:]:
        return None
    for at in reversed(pyphen.Pyphen(lang=language, left=2, right=3).positions(core)):
        head = text[:at] + "-"
        wide = fonts.width(head, face, size)
        if wide <= room:
            rest = text[at:]
            return Token([(head, face, size, rise)], wide), Token([(rest, face, size, rise)], fonts.width(rest, face, size))
    return None


def wrap(text, kind, width, first=0.0):
    """Lines of tokens with their indent and whether they are the last."""
    space = fonts.width(" ", fonts.face(kind.family, kind.bold, kind.italic), kind.size)
    rest, lines, line, used, indent = tokens(text, kind), [], [], 0.0, first
    while rest:
        token = rest.pop(0)
        gap = space if line else 0
        if used + gap + token.width <= width - indent + 0.01:
            line.append(token)
            used += gap + token.width
            continue
        parts = broken(token, width - indent - used - gap, kind.hyphens) if kind.hyphens else None
        if parts:
            line.append(parts[0])
            rest.insert(0, parts[1])
        elif not line:
            raise LookupError(f"{token.parts[0][0]!r} is wider than its column")
        else:
            rest.insert(0, token)
        lines.append((line, indent, False))
        line, used, indent = [], 0.0, 0.0
    if line:
        lines.append((line, indent, True))
    return lines, space


def paragraph(text, kind, width, first=0.0, left=0.0, role="text", before=0.0, keep=False):
    """Pieces of one line each."""
    lines, space = wrap(text, kind, width - left, first)
    pieces = []
    for at, (line, indent, last) in enumerate(lines):
        natural = sum(token.width for token in line) + space * (len(line) - 1)
        room = width - left - indent
        gap, x = space, left + indent
        if kind.align == "justify" and not last and len(line) > 1:
            gap += (room - natural) / (len(line) - 1)
        elif kind.align == "center":
            x += (room - natural) / 2
        elif kind.align == "right":
            x += room - natural
        words = []
        for token in line:
            for number, (part, face, size, rise) in enumerate(token.parts):
                words.append(Word(x, part, face, size, kind.colour, rise, glued=number > 0))
                x += fonts.width(part, face, size)
            x += gap
        base = (kind.leading - kind.size) / 2 + kind.size * 0.8
        pieces.append(Piece(kind.leading, [Line(base, words, role)], notes=[token.note for token in line if token.note],
                            before=before if at == 0 else 0.0,
                            keep=keep or len(lines) > 1 and (at == 0 or at == len(lines) - 2)))
    return pieces
