"""A table as one piece."""
from . import fonts
from .flow import Fill, Piece, Rule, Type, merged, paragraph, tokens


def placed(table):
    """(row, column, cell) for every cell, and the number of columns."""
    taken, out, columns = set(), [], 0
    for at, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (at, column) in taken:
                column += 1
            out.append((at, column, cell))
            taken |= {(at + down, column + right) for down in range(cell.rows) for right in range(cell.cols)}
            column += cell.cols
            columns = max(columns, column)
    return out, columns


def widths(cells, columns, kind, pad, room, full):
    """Column widths between the longest word and the longest line of each."""
    low, high = [4.0] * columns, [6.0] * columns
    for wide in (False, True):
        for _, column, cell in cells:
            if (cell.cols > 1) != wide or not cell.text:
                continue
            found = tokens(cell.text, kind(cell))
            extra = 2 * pad + cell.indent * kind(cell).size * 1.2 + 0.5
            least, most = max(t.width for t in found) + extra, sum(t.width for t in found) + extra + len(found) * kind(cell).size * 0.3
            span = range(column, column + cell.cols)
            for sizes, need in ((low, least), (high, most)):
                lack = need - sum(sizes[at] for at in span)
                for at in span:
                    sizes[at] += max(0, lack) / cell.cols
    if sum(low) > room:
        raise LookupError("a table is wider than its column")
    high = [max(pair) for pair in zip(low, high)]
    if sum(high) <= room:
        return [size * room / sum(high) for size in high] if full else high
    share = (room - sum(low)) / max(1e-6, sum(high) - sum(low))
    return [least + (most - least) * share for least, most in zip(low, high)]


def table(one, base, room, stream):
    """`base`: the Type of the body."""
    look = one.look
    size = base.size * look.scale
    pad, pad_y = look.pad_x * size, look.pad_y * size
    cells, columns = placed(one)
    heads = {id(cell) for row in one.rows[:one.header] for cell in row}

    def kind(cell):
        return Type(base.family, size, size * 1.22, "left", cell.bold or id(cell) in heads and look.head_bold)

    wide = widths(cells, columns, kind, pad, room, look.width == "full")
    left = [sum(wide[:at]) for at in range(columns + 1)]
    fraction = {}
    for _, column, cell in cells:
        if cell.align == "decimal" and id(cell) not in heads and "." in cell.text:
            tail = fonts.width(cell.text[cell.text.index("."):], fonts.face(base.family), size)
            fraction[column] = max(fraction.get(column, 0), tail)
    heights, made = [0.0] * len(one.rows), []
    for row, column, cell in cells:
        inner = left[column + cell.cols] - left[column] - 2 * pad - cell.indent * size * 1.2
        set_as = kind(cell)
        align = (look.head_align or cell.align) if id(cell) in heads else cell.align
        shift = 0.0
        if align == "decimal":
            align = "right"
            digits = cell.text.replace(",", "").replace(".", "").lstrip("−–-")
            if id(cell) not in heads and digits.isdigit():
                tail = cell.text[cell.text.index("."):] if "." in cell.text else ""
                shift = fraction.get(column, 0) - fonts.width(tail, fonts.face(base.family), size)
                shift = min(shift, max(0, inner - fonts.width(cell.text, fonts.face(base.family), size)))
        set_as.align = align
        text = merged(paragraph(cell.text, set_as, inner - shift, role="table")) if cell.text else Piece(set_as.leading)
        made.append((row, column, cell, text, left[column] + pad + cell.indent * size * 1.2))
        if cell.rows == 1:
            heights[row] = max(heights[row], text.height + 2 * pad_y)
    for row, column, cell, text, _ in made:
        if cell.rows > 1:
            lack = text.height + 2 * pad_y - sum(heights[row:row + cell.rows])
            heights[row + cell.rows - 1] += max(0, lack)
    tops = [sum(heights[:at]) for at in range(len(heights) + 1)]
    out = Piece(tops[-1])
    for row, column, cell, text, x in made:
        spare = sum(heights[row:row + cell.rows]) - text.height - 2 * pad_y
        down = tops[row] + pad_y + (spare / 2 if look.valign == "middle" else 0)
        out.lines += text.moved(x, down)[0]
    rules(out, one, cells, left, tops, stream)
    return out


def rules(out, one, cells, left, tops, stream):
    look, right, bottom = one.look, left[-1], tops[-1]
    weight, colour = look.weight, look.colour
    drop = stream.get("missing_rules")

    def across(y, x0=0.0, x1=right, heavy=weight):
        out.rules.append(Rule(x0, y, x1, y, heavy, colour))

    def down(x, y0=0.0, y1=bottom):
        out.rules.append(Rule(x, y0, x, y1, weight, colour))

    if look.rules == "grid":
        for row, column, cell in cells:
            if not (drop and row + cell.rows == len(one.rows)):
                across(tops[row + cell.rows], left[column], left[column + cell.cols])
            if not (drop and column + cell.cols == len(left) - 1):
                down(left[column + cell.cols], tops[row], tops[row + cell.rows])
        if not drop:
            across(0)
            down(0)
    elif look.rules == "horizontal":
        across(0)
        for row, column, cell in cells:
            across(tops[row + cell.rows], left[column], left[column + cell.cols])
    elif look.rules == "booktabs":
        across(0, heavy=1.0)
        across(bottom, heavy=1.0)
        if one.header and not drop:
            across(tops[one.header], heavy=0.5)
        for row, column, cell in cells:
            if row + cell.rows < one.header and cell.cols > 1 and cell.text:
                across(tops[row + cell.rows], left[column] + 2, left[column + cell.cols] - 2, 0.4)
    elif look.rules == "outer":
        for y in (0, bottom):
            across(y)
        for x in (0, right):
            down(x)
    elif look.rules in ("zebra", "head"):
        for row in range(len(one.rows)):
            if row < one.header or look.rules == "zebra" and (row - one.header) % 2:
                out.fills.append(Fill(0, tops[row], right, tops[row + 1] - tops[row], look.fill))


