"""Blocks as Typst markup; all text is in string literals, so nothing needs to be escaped as markup."""
import json
import random

from ..model import Box, Break, Code, Figure, Formula, Gap, Heading, Lines, Listing, Para, Quote, Side, Table, runs


def literal(text):
    return "#" + json.dumps(text, ensure_ascii=False) + ";"


def mark(name):
    return f'#at("{name}");'


class Markup:
    def __init__(self, document):
        self.document, self.style, self.notes = document, document.style, document.notes
        self.ink = ""

    def text(self, text):
        out = []
        for part, style in runs(text):
            if style == "n":
                out.append(f"#footnote[{mark('n' + part)}{self.text(self.notes[int(part)])}];")
                continue
            made = literal(part)
            made = f"#strong[{made}];" if "b" in style else made
            out.append(f"#emph[{made}];" if "i" in style else made)
        return "".join(out)

    def block(self, one, after=None):
        here = mark(f"b{one.key}") if one.key >= 0 else ""
        style = self.style
        match one:
            case Heading():
                ink = f'#set text(fill: rgb("{self.ink}"))\n' if self.ink else ""
                return f"#heading(level: {one.level})[{ink}{here}{self.caps(one)}]\n"
            case Para():
                return self.para(one, here, after)
            case Quote():
                inner = f"{here}{self.text(one.text)}"
                if one.look == "pull":
                    return (f'#block(inset: (x: .4em, y: .5em), breakable: false)[#set text(1.35em, style: "italic", fill: rgb("{style.accent}"))\n'
                            f"#set par(justify: false, first-line-indent: 0em)\n{inner}]\n")
                bar = f'stroke: (left: 2.5pt + rgb("{style.accent}")), inset: (left: 1em)' if one.look == "bar" else "inset: (x: 2em)"
                return f"#block({bar}, above: 1.2em, below: 1.2em)[{inner}]\n"
            case Lines():
                return self.lines(one, here)
            case Listing():
                return self.listing(one, here)
            case Table():
                return self.table(one, here)
            case Figure():
                caption = f"\n#v(.3em, weak: true)\n#block[#set text(.9em)\n#set par(first-line-indent: 0em, justify: false)\n{self.text(one.caption)}]" \
                    if one.caption else ""
                return f"#block(breakable: false, width: 100%, above: 1.3em, below: 1.4em)[{here}{figure(one, style)}{caption}]\n"
            case Code():
                return f"#block(breakable: false)[{here}#raw(block: true, {json.dumps(chr(10).join(one.lines))})]\n"
            case Formula():
                number = literal(one.number) if one.number else ""
                return (f"#block(width: 100%, above: 1.2em, below: 1.2em)[#grid(columns: (1fr, auto, 1fr), [{here}], emph[{self.text(one.text)}], "
                        f"align(right)[{number}])]\n")
            case Box():
                stroke = f'0.7pt + rgb("{style.accent}")' if one.border else "none"
                ink = f'#set text(fill: rgb("{one.ink}"))\n' if one.ink else ""
                self.ink = one.ink
                inner, self.ink = self.stack(one.blocks), ""
                return (f'#block(fill: rgb("{one.fill}"), stroke: {stroke}, inset: (x: 1em, y: .9em), width: 100%, breakable: false, '
                        f'above: 1.2em, below: 1.4em)[{here}{ink}{inner}]\n')
            case Side():
                wide = ", ".join(f"{width:.2f}fr" for width in one.widths)
                cells = ", ".join(f"[{here if not at else ''}{self.stack(stack)}]" for at, stack in enumerate(one.stacks))
                return f"#block(breakable: false)[#grid(columns: ({wide}), column-gutter: 1.2em, {cells})]\n"
            case Gap():
                return f"#v({one.ems}em)\n"
            case Break():
                return "#pagebreak()\n"
        raise TypeError(one)

    def stack(self, blocks):
        return "\n".join(self.block(one, blocks[at - 1] if at else None) for at, one in enumerate(blocks))

    def caps(self, heading):
        if heading.caps != "small":
            return self.text(heading.printed)
        out, run, small = [], "", False
        for char in heading.text + "\0":
            if char == "\0" or char.islower() != small and run and not char == " ":
                out.append(f"#text(.78em)[{literal(run.upper())}];" if small else literal(run))
                run = ""
            if not run:
                small = char.islower()
            run += char
        return "".join(out)

    def para(self, one, here, after):
        text = here + self.text(one.text)
        if one.look == "body":
            first = (one.first or not isinstance(after, Para)) and self.style.indent
            return f"#[#set par(first-line-indent: 0em)\n{text}\n\n]" if first or one.first else f"{text}\n\n"
        size = {"lead": "1.12em", "small": ".86em", "big": "1.5em"}.get(one.look, "1em")
        align = {"centre": "center", "right": "right", "date": "right"}.get(one.look, "left")
        justify = "#set par(justify: false)\n" if align != "left" or one.look == "big" else ""
        return f"#block(width: 100%)[#set text({size})\n#set align({align})\n#set par(first-line-indent: 0em)\n{justify}{text}]\n"

    def lines(self, one, here):
        out = []
        for at, entry in enumerate(one.lines):
            start = here if at == 0 else ""
            if isinstance(entry, str):
                strong = one.bold and at == 0
                out.append(start + (f"#strong[{self.text(entry)}];" if strong else self.text(entry)))
                continue
            left, right, level = self.text(entry[0]), self.text(entry[1]), entry[2] if len(entry) > 2 else 0
            if one.look in ("leader", "right"):
                dots = "#box(width: 1fr, repeat(gap: .15em)[.])" if one.look == "leader" else "#h(1fr)"
                out.append(f"#pad(left: {level * 1.5}em)[{start}{left} {dots} {right}]")
            elif one.look == "tab":
                label = f"#strong[{left}];" if one.bold else left
                out.append(f"#grid(columns: (11em, 1fr), column-gutter: .3em, [{start}{label}], [{right}])")
            else:
                out.append(start + (f"#strong[{left}]; {right}" if one.bold else f"{left} {right}"))
        joined = ", ".join(f"[{line}]" for line in out)
        return (f"#block(width: 100%)[#set par(justify: false, first-line-indent: 0em)\n#set text(hyphenate: false)\n"
                f"#stack(spacing: {max(0.12, self.style.leading - 1):.2f}em, {joined})]\n")

    def listing(self, one, here):
        flat = all(item.level == 0 for item in one.items)
        items = [(here if not at else "") + self.text(item.text) for at, item in enumerate(one.items)]
        tight = f"spacing: {'1em' if one.loose else 'auto'}"
        if flat and self.style.markers == "native":
            first = one.items[0].marker
            joined = ", ".join(f"[{item}]" for item in items)
            if not any(char.isalnum() for char in first):
                return f"#list(marker: [{literal(first)}], {tight}, body-indent: .6em, {joined})\n"
            if first in ("1.", "1)", "a)", "(i)", "(1)", "A."):
                return f'#enum(numbering: "{first}", {tight}, {joined})\n'
        rows = [f"#pad(left: {item.level * 1.9}em, grid(columns: (1.9em, 1fr), [{literal(item.marker)}], [{text}]))"
                for item, text in zip(one.items, items)]
        between = max(0.12, self.style.leading - 1) + (0.5 if one.loose else 0)
        last = len(rows) - 1
        return "\n".join(f"#block(above: {between:.2f}em, below: {between + (0.6 if at == last else 0):.2f}em)[{row}]"
                         for at, row in enumerate(rows)) + "\n"

    def table(self, one, here):
        look, cells, lengths = one.look, [], {}
        columns = sum(cell.cols for cell in one.rows[0])
        taken = set()
        for at, row in enumerate(one.rows):
            column = 0
            for cell in row:
                while (at, column) in taken:
                    column += 1
                taken |= {(at + down, column + right) for down in range(cell.rows) for right in range(cell.cols)}
                head = at < one.header
                align = (look.head_align or cell.align) if head else cell.align
                align = "right" if align == "decimal" else align
                text = self.text(cell.text)
                if cell.bold or head and look.head_bold:
                    text = f"#strong[{text}];"
                if cell.indent:
                    text = f"#h({cell.indent * 1.2}em);{text}"
                spans = (f"rowspan: {cell.rows}, " if cell.rows > 1 else "") + (f"colspan: {cell.cols}, " if cell.cols > 1 else "")
                cells.append(f"table.cell({spans}align: {align} + {'horizon' if look.valign == 'middle' else 'top'})[{text}]")
                if head and cell.cols > 1 and cell.text and look.rules == "booktabs" and at + cell.rows < one.header:
                    cells.append(f"table.hline(y: {at + 1}, start: {column}, end: {column + cell.cols}, stroke: .4pt)")
                if cell.cols == 1:
                    longest = max([len(word) for word in cell.text.split()] or [1])
                    lengths[column] = max(lengths.get(column, 2), longest, min(24, len(cell.text)))
                column += cell.cols
        wide = ", ".join(f"{lengths.get(at, 4)}fr" if look.width == "full" else "auto" for at in range(columns))
        pen = f'{look.weight}pt + rgb("{look.colour}")'
        stroke, fill, extra, wrap = "none", "none", "", ""
        match look.rules:
            case "grid":
                stroke = pen
            case "horizontal":
                stroke = f"(x: none, y: {pen})"
            case "booktabs":
                extra = f"table.hline(y: 0, stroke: 1pt), table.hline(y: {len(one.rows)}, stroke: 1pt), "
                extra += f"table.hline(y: {one.header}, stroke: .5pt), " if one.header else ""
            case "outer":
                wrap = f", stroke: {pen}"
            case "zebra":
                fill = f'(x, y) => if y < {one.header} or calc.odd(y - {one.header}) {{ rgb("{look.fill}") }}'
            case "head":
                fill = f'(x, y) => if y < {one.header} {{ rgb("{look.fill}") }}'
        table = (f"#block(breakable: false{wrap})[#set text({look.scale}em, hyphenate: false)\n#set par(justify: false, first-line-indent: 0em, "
                 f"leading: .25em)\n#table(columns: ({wide},), stroke: {stroke}, fill: {fill}, inset: (x: {look.pad_x}em, y: {look.pad_y}em), "
                 f"{extra}{', '.join(cells)})]")
        caption = f"#block(sticky: true)[#set text(.9em)\n#set par(first-line-indent: 0em, justify: false)\n{self.text(one.caption)}]" if one.caption else ""
        parts = [caption, table] if look.caption_above else [table, caption]
        return f"#block(breakable: false, width: 100%, above: 1.4em, below: 1.6em)[{here}{chr(10).join(parts)}]\n"


def figure(one, style):
    rng, out = random.Random(one.seed), []
    height, last = one.height, None
    for at in range(10):
        x, tall = 2 + at * 9.5, height * rng.uniform(0.15, 0.9)
        if one.shape == "bars":
            out.append(f'#place(bottom + left, dx: {x}%, rect(width: 6%, height: {tall:.1f}pt, fill: rgb("{style.accent}")))')
        elif one.shape == "line":
            if last:
                out.append(f'#place(top + left, line(start: ({last[0]}%, {last[1]:.1f}pt), end: ({x}%, {tall:.1f}pt), '
                           f'stroke: 1.2pt + rgb("{style.accent}")))')
            last = (x, tall)
        else:
            grey = rng.randint(80, 220)
            out.append(f"#place(top + left, dx: {x}%, dy: {rng.uniform(0, height * 0.6):.1f}pt, rect(width: 10%, height: {height * 0.4:.1f}pt, "
                       f"fill: rgb({grey}, {grey}, {grey})))")
    axes = "#place(bottom + left, line(length: 100%, stroke: .5pt))" if one.shape in ("bars", "line") else ""
    return f"#block(width: 100%, height: {height:.1f}pt)[{''.join(out)}{axes}]"
