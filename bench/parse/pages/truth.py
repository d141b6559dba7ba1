"""The markdown that a perfect parser would give for a document."""
from html import escape

from .model import Box, Break, Code, Figure, Formula, Gap, Heading, Lines, Listing, Para, Quote, Side, Table, fill, plain


def table(block):
    out = ["<table>"]
    for row in block.rows:
        cells = []
        for cell in row:
            spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (f' colspan="{cell.cols}"' if cell.cols > 1 else "")
            cells.append(f"<td{spans}>{escape(plain(cell.text), quote=False)}</td>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join(out + ["</table>"])


def line(entry):
    return plain(entry if isinstance(entry, str) else f"{entry[0]} {entry[1]}")


def item(entry):
    marker = entry.marker if any(c.isalnum() for c in entry.marker) else "-"
    return "  " * entry.level + f"{marker} {plain(entry.text)}"


def block(one):
    """The texts of a block."""
    match one:
        case Heading():
            return ["#" * one.level + " " + plain(one.printed)]
        case Para() | Quote():
            return [plain(one.text)]
        case Lines():
            return ["\n".join(line(entry) for entry in one.lines)]
        case Listing():
            return ["\n".join(item(entry) for entry in one.items)]
        case Table():
            caption = [plain(one.caption)] if one.caption else []
            return caption + [table(one)] if one.look.caption_above else [table(one)] + caption
        case Figure():
            return [plain(one.caption)] if one.caption else []
        case Code():
            return ["```\n" + "\n".join(one.lines) + "\n```"]
        case Formula():
            return [plain(f"{one.text} {one.number}")]
        case Box():
            return [text for inner in one.blocks for text in block(inner)]
        case Side():
            return [text for stack in one.stacks for inner in stack for text in block(inner)]
        case Gap() | Break():
            return []
    raise TypeError(one)


def markdown(document, placed):
    """Blocks, footnotes, headers and footers in reading order; whatever goes over a page is joined."""
    entries = [(placed.blocks[one.key], block(one)) for one in document.blocks if not isinstance(one, (Gap, Break))]
    entries += [(placed.notes[number], [plain(f"{number} {text}")]) for number, text in document.notes.items()]
    for page in range(1, placed.pages + 1):
        for order, furniture in ((-1, document.header), (9, document.footer)):
            lines = [" ".join(" ".join(fill(part, page, placed.pages) for part in parts).split()) for parts in furniture]
            entries.append(((page, order), lines))
    entries.sort(key=lambda entry: entry[0])
    return "\n\n".join(text for _, texts in entries for text in texts if text) + "\n"
