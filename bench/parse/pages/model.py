"""The abstract document. Text may hold <b>, <i> and <nK> (the call of footnote K); nothing else is markup."""
import re
from dataclasses import dataclass, field

MARKUP = re.compile(r"</?[bi]>|<n(\d+)>")


@dataclass
class Block:
    span: bool = field(default=False, kw_only=True)  # over all columns of the page
    key: int = field(default=-1, kw_only=True)


@dataclass
class Heading(Block):
    level: int
    text: str
    caps: str = ""  # all, small; filled in from the style

    @property
    def printed(self):
        return self.text.upper() if self.caps else self.text


@dataclass
class Para(Block):
    text: str
    look: str = "body"  # body, title, small, centre, lead, right, big, date
    first: bool = False  # no indent


@dataclass
class Lines(Block):
    """Lines that are not filled: addresses, label and value, contents entries (their right part is flush right)."""
    lines: list  # of text or (left, right) or (left, right, level)
    look: str = "plain"  # plain, tab, leader, right
    bold: bool = False


@dataclass
class Item:
    marker: str
    text: str
    level: int = 0


@dataclass
class Listing(Block):
    items: list
    loose: bool = False


@dataclass
class Cell:
    text: str
    rows: int = 1
    cols: int = 1
    align: str = "left"  # left, center, right, decimal
    bold: bool = False
    indent: int = 0


@dataclass
class Table(Block):
    rows: list
    header: int
    look: object
    caption: str = ""


@dataclass
class Figure(Block):
    shape: str  # bars, line, boxes, photo
    height: float
    caption: str
    seed: int = 0


@dataclass
class Code(Block):
    lines: list


@dataclass
class Quote(Block):
    text: str
    look: str = "indent"  # indent, pull, bar


@dataclass
class Formula(Block):
    text: str
    number: str = ""


@dataclass
class Box(Block):
    blocks: list
    fill: str = "#eeeeee"
    border: str = ""
    ink: str = ""


@dataclass
class Side(Block):
    """Blocks beside blocks; read the left stack first."""
    stacks: list
    widths: list


@dataclass
class Gap(Block):
    ems: float


@dataclass
class Break(Block):
    """A new page."""


@dataclass
class Document:
    kind: str
    style: object
    blocks: list = field(default_factory=list)
    notes: dict = field(default_factory=dict)  # number -> text
    header: list = field(default_factory=list)  # lines of (left, centre, right); {page} and {pages} are filled in
    footer: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    backends: tuple = ("weasyprint", "reportlab", "typst")

    def add(self, *blocks):
        self.blocks.extend(blocks)
        return blocks[-1]

    def finish(self):
        for key, block in enumerate(self.blocks):
            block.key = key
        for block in every(self.blocks):
            if isinstance(block, Heading):
                block.caps = self.style.head(block.level)[4]
        return self


def every(blocks):
    """The blocks and those inside of them."""
    for block in blocks:
        yield block
        if isinstance(block, Box):
            yield from every(block.blocks)
        if isinstance(block, Side):
            for stack in block.stacks:
                yield from every(stack)


@dataclass
class Placed:
    """What a back end gives back: for every block and footnote where it stands, as tuples that sort in reading order."""
    pdf: bytes
    pages: int
    blocks: dict
    notes: dict


def plain(text):
    return " ".join(MARKUP.sub(lambda found: found.group(1) or "", text).split())


def runs(text):
    """(text, style) with style of letters b, i or n for a footnote call."""
    found, style, at = [], set(), 0
    for mark in MARKUP.finditer(text):
        if mark.start() > at:
            found.append((text[at:mark.start()], "".join(sorted(style))))
        tag = mark.group(0)
        if mark.group(1):
            found.append((mark.group(1), "n"))
        elif tag[1] == "/":
            style.discard(tag[2])
        else:
            style.add(tag[1])
        at = mark.end()
    if at < len(text):
        found.append((text[at:], "".join(sorted(style))))
    return found


def fill(part, page, pages):
    return part.replace("{page}", str(page)).replace("{pages}", str(pages))
