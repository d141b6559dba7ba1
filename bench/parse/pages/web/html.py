"""Blocks as HTML."""
import random
from html import escape

from ..model import Box, Break, Code, Figure, Formula, Gap, Heading, Lines, Listing, Para, Quote, Side, Table, runs


def inline(text, notes):
    out = []
    for part, style in runs(text):
        if style == "n":
            out.append(f'<span class=fn id="n{part}">{inline(notes[int(part)], notes)}</span>')
            continue
        part = escape(part)
        for tag in style:
            part = f"<{tag}>{part}</{tag}>"
        out.append(part)
    return "".join(out)


class Html:
    def __init__(self, document):
        self.document, self.style, self.notes = document, document.style, document.notes

    def text(self, text):
        return inline(text, self.notes)

    def block(self, one, after=None):
        key = f' id="b{one.key}"' if one.key >= 0 else ""
        match one:
            case Heading():
                return f"<h{one.level}{key}>{self.caps(one)}</h{one.level}>"
            case Para():
                first = " first" if one.first or not isinstance(after, Para) else ""
                return f'<p class="{one.look}{first}"{key}>{self.text(one.text)}</p>'
            case Quote():
                return f'<blockquote class="{one.look}"{key}>{self.text(one.text)}</blockquote>'
            case Lines():
                return self.lines(one, key)
            case Listing():
                return self.listing(one, key)
            case Table():
                return self.table(one, key)
            case Figure():
                caption = f"<p class=caption>{self.text(one.caption)}</p>" if one.caption else ""
                return f"<div class=figure{key}>{figure(one, self.style)}{caption}</div>"
            case Code():
                return f"<pre{key}>{escape(chr(10).join(one.lines))}</pre>"
            case Formula():
                number = f"<span class=eqno>{escape(one.number)}</span>" if one.number else ""
                return f"<div class=formula{key}><span>{self.text(one.text)}</span>{number}</div>"
            case Box():
                border = f"border:{one.border};" if one.border else ""
                ink = f"color:{one.ink};--ink:{one.ink};" if one.ink else ""
                dark = " dark" if one.ink else ""
                return f'<div class="box{dark}"{key} style="background:{one.fill};{border}{ink}">{self.stack(one.blocks)}</div>'
            case Side():
                cells = "".join(f'<td style="width:{100 * width:.1f}%">{self.stack(stack)}</td>'
                                for stack, width in zip(one.stacks, one.widths))
                return f"<table class=side{key}><tr>{cells}</tr></table>"
            case Gap():
                return f'<div style="height:{one.ems}em"></div>'
            case Break():
                return "<div style='break-after:page'></div>"
        raise TypeError(one)

    def caps(self, heading):
        """Small capitals as the smaller capitals that most programs make of them."""
        if heading.caps != "small":
            return self.text(heading.printed)
        return "".join(f"<span class=sc>{escape(c.upper())}</span>" if c.islower() else escape(c) for c in heading.text) \
            .replace("</span><span class=sc>", "")

    def stack(self, blocks):
        return "".join(self.block(one, blocks[at - 1] if at else None) for at, one in enumerate(blocks))

    def lines(self, one, key):
        out = []
        for entry in one.lines:
            if isinstance(entry, str):
                out.append(f"<div>{self.text(entry)}</div>")
                continue
            left, right, level = self.text(entry[0]), self.text(entry[1]), entry[2] if len(entry) > 2 else 0
            if one.look == "leader":
                out.append(f'<div class=entry style="padding-left:{level * 1.5}em"><a href="#x"></a>{left}<span class=dots></span>'
                           f'<span class=end>{right}</span></div>')
            elif one.look == "right":
                out.append(f'<div class=spread style="padding-left:{level * 1.5}em"><span class=end>{right}</span>{left}</div>')
            elif one.look == "tab":
                out.append(f"<div class=tabbed><span class=label>{left}</span><span class=value>{right}</span></div>")
            else:
                out.append(f"<div><span class=label>{left}</span> {right}</div>")
        return f'<div class="lines {one.look}{" strong" if one.bold else ""}"{key}>{"".join(out)}</div>'

    def listing(self, one, key):
        if self.style.markers == "placed":
            rows = "".join(f'<div class=item style="margin-left:{1.9 * (item.level + 1)}em"><span class=mark>{escape(item.marker)}</span>'
                           f'{self.text(item.text)}</div>' for item in one.items)
            return f'<div class="list{" loose" if one.loose else ""}"{key}>{rows}</div>'
        out, depth = [], -1
        for item in one.items:
            while depth < item.level:
                out.append("<ul>")
                depth += 1
            while depth > item.level:
                out.append("</ul>")
                depth -= 1
            marker = item.marker.replace("\\", "").replace('"', "")
            out.append(f"<li style='list-style-type:\"{marker}\\2002 \"'>{self.text(item.text)}</li>")
        out.append("</ul>" * (depth + 1))
        return f'<div class="list{" loose" if one.loose else ""}"{key}>{"".join(out)}</div>'

    def table(self, one, key):
        look, rows = one.look, []
        decimals = self.decimals(one)
        for at, row in enumerate(one.rows):
            cells = []
            for cell in row:
                head = at < one.header
                align = look.head_align or ("right" if cell.align == "decimal" else cell.align) if head else cell.align
                spans = (f" rowspan={cell.rows}" if cell.rows > 1 else "") + (f" colspan={cell.cols}" if cell.cols > 1 else "")
                text = self.text(cell.text)
                if align == "decimal":
                    whole, _, part = cell.text.partition(".")
                    if not head and cell.text.replace(",", "").replace(".", "").replace("-", "").replace("−", "").isdigit():
                        text = f'<span class=frac style="width:{decimals}em">{"." if part else ""}{part}</span>'
                        text = f"<span class=whole>{escape(whole)}</span>" + text
                    align = "right"
                bold = cell.bold or head and look.head_bold
                style = f"text-align:{align};" + ("font-weight:bold;" if bold else "")
                style += f"padding-left:{look.pad_x + cell.indent * 1.2}em;" if cell.indent else ""
                style += f"border-bottom:{look.weight / 2}pt solid {look.colour};" if cell.cols > 1 and head and look.rules == "booktabs" \
                    and cell.text else ""
                cells.append(f'<td{spans} style="{style}">{text}</td>')
            last = " last" if at == one.header - 1 else ""
            rows.append(f'<tr class="{"head" if at < one.header else "odd" if (at - one.header) % 2 else "even"}{last}">'
                        + "".join(cells) + "</tr>")
        style = (f"font-size:{look.scale}em;width:{'100%' if look.width == 'full' else 'auto'};--p:{look.pad_x}em;"
                 f"--c:{look.colour};--w:{look.weight}pt;--f:{look.fill};--v:{look.valign};--y:{look.pad_y}em")
        caption = f"<p class=caption>{self.text(one.caption)}</p>" if one.caption else ""
        table = f'<table class="data {look.rules}" style="{style}">{"".join(rows)}</table>'
        return f"<div class=tablebox{key}>{caption + table if look.caption_above else table + caption}</div>"

    def decimals(self, one):
        longest = max((len(cell.text.partition(".")[2]) for row in one.rows for cell in row if cell.align == "decimal"), default=0)
        return round(0.6 * longest + 0.35, 2) if longest else 0


def figure(one, style):
    """A drawing without text."""
    rng = random.Random(one.seed)
    height, accent, out = one.height, style.accent, []
    if one.shape == "bars":
        for at in range(8):
            tall = rng.uniform(0.15, 0.9) * 100
            out.append(f'<rect x="{20 + at * 22}" y="{100 - tall:.1f}" width="14" height="{tall:.1f}" fill="{accent}"/>')
        out.append('<path d="M10 0V100H200" stroke="black" fill="none"/>')
    elif one.shape == "line":
        points = " ".join(f"{10 + at * 10},{rng.uniform(10, 90):.1f}" for at in range(20))
        out.append(f'<polyline points="{points}" fill="none" stroke="{accent}" stroke-width="1.5"/><path d="M10 0V100H200" stroke="black" fill="none"/>')
    elif one.shape == "boxes":
        for at in range(4):
            out.append(f'<rect x="{5 + at * 50}" y="{rng.uniform(10, 60):.1f}" width="34" height="26" fill="none" stroke="black"/>')
        out.append(f'<path d="M0 98H205" stroke="{accent}"/>')
    else:
        for _ in range(30):
            grey = rng.randint(60, 220)
            out.append(f'<rect x="{rng.uniform(0, 170):.1f}" y="{rng.uniform(0, 75):.1f}" width="35" height="25" '
                       f'fill="rgb({grey},{grey},{min(255, grey + 20)})"/>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 205 100" preserveAspectRatio="none" '
            f'style="width:100%;height:{height}pt">{"".join(out)}</svg>')
