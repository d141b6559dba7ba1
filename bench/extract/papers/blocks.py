"""Pieces of pages as HTML. Texts come in plain and are escaped here."""

from html import escape


def lines(texts):
    return "<br>".join(escape(text) for text in texts if text)


class Blocks:
    def __init__(self, rng, look):
        self.rng, self.look = rng, look

    def label(self, text, suffix=True):
        return f'<span class="l">{escape(text)}{self.look.suffix if suffix and not text.endswith((":", "?")) else ""}</span>'

    def pairs(self, pairs, form=None, across=None):
        """Labels and values in one of the forms colon, table, right, boxes, above, row, leader, stack, inline."""
        form = form or self.look.pairs
        if not pairs:
            return ""
        if form == "row" and len(pairs) > 6:
            form = "boxes"
        rows = [(label, escape(value)) for label, value in pairs]
        match form:
            case "table" | "right":
                right = " r" if form == "right" else ""
                return (
                    '<table class="k">'
                    + "".join(f'<tr><td>{self.label(label)}</td><td class="v{right}">{value}</td></tr>' for label, value in rows)
                    + "</table>"
                )
            case "boxes" | "above":
                across = across or min(len(rows), self.rng.choice([2, 3, 3, 4]))
                cells = [f"<td>{self.label(label, False)}{value}</td>" for label, value in rows]
                cells += ["<td></td>"] * (-len(cells) % across)
                body = "".join("<tr>" + "".join(cells[at : at + across]) + "</tr>" for at in range(0, len(cells), across))
                return f'<table class="g{" b" if form == "boxes" else ""}">{body}</table>'
            case "row":
                head = "".join(f'<th class="c">{escape(label)}</th>' for label, _ in rows)
                return (
                    f'<table class="t"><thead><tr>{head}</tr></thead><tbody><tr>'
                    + "".join(f'<td class="c">{value}</td>' for _, value in rows)
                    + "</tr></tbody></table>"
                )
            case "leader":
                return "".join(
                    f'<div class="lead"><span>{self.label(label, False)}</span><span class="dots"></span><span>{value}</span></div>'
                    for label, value in rows
                )
            case "stack":
                return "".join(f'<div class="kv" style="margin-bottom:.4em">{self.label(label, False)}<br>{value}</div>' for label, value in rows)
            case "inline":
                gap = self.rng.choice([" | ", " · ", "&emsp;", " – "])
                return "<div>" + gap.join(f"{self.label(label)} {value}" for label, value in rows) + "</div>"
        return "".join(f'<div class="kv">{self.label(label)} {value}</div>' for label, value in rows)

    def side(self, *parts):
        return '<div class="side">' + "".join(f"<div>{part}</div>" for part in parts) + "</div>"

    def address(self, title, texts, boxed=False):
        head = f"{self.label(title)}<br>" if title else ""
        return f'<div class="{"box" if boxed else ""}">{head}{lines(texts)}</div>'

    def title(self, text):
        return f"<h1>{escape(text)}</h1>"

    def heading(self, text):
        return f"<h2>{escape(text)}</h2>"

    def para(self, text, kind=""):
        return f'<p class="{kind}">{escape(text)}</p>'

    def box(self, inner, kind="box"):
        return f'<div class="{kind}">{inner}</div>'

    def logo(self):
        rng, ink = self.rng, self.look.accent
        shape = rng.choice(
            [
                '<circle cx="20" cy="20" r="18" fill="{c}"/><path d="M8 24 L20 8 L32 24 Z" fill="white"/>',
                '<rect width="40" height="40" rx="8" fill="{c}"/><circle cx="20" cy="20" r="9" fill="white"/>',
                '<path d="M20 2 L38 20 L20 38 L2 20 Z" fill="{c}"/>',
                '<rect x="2" y="14" width="10" height="24" fill="{c}"/><rect x="15" y="2" width="10" height="36" fill="{c}"/><rect x="28" y="20" width="10" height="18" fill="{c}"/>',
            ]
        )
        return f'<svg width="{rng.randint(34, 60)}" height="{rng.randint(34, 60)}" viewBox="0 0 40 40">{shape.format(c=ink)}</svg>'

    def letterhead(self, name, address, contacts, slogan=""):
        """The head of a company's page: name, lines of its address and labelled contacts."""
        firm, form = f'<div class="firm">{escape(name)}</div>', self.look.head
        tag = f'<div class="slogan">{escape(slogan)}</div>' if slogan else ""
        said = [f"{label}{self.look.suffix} {value}" for label, value in contacts]
        if self.rng.random() < 0.3:
            said = [" ".join(said[at : at + 2]) for at in range(0, len(said), 2)]
        block = f'<div class="tiny">{lines(address + said)}</div>'
        wide = f'<div class="tiny">{escape(self.rng.choice([" · ", " | ", ", ", " • "]).join(address))}<br>{escape("  ".join(said))}</div>'
        match form:
            case "right":
                return f'<div style="text-align:right">{firm}{tag}{block}</div>'
            case "centre":
                return f'<div style="text-align:center;border-bottom:1pt solid {self.look.accent};padding-bottom:.5em">{firm}{tag}{wide}</div>'
            case "banner":
                return f'<div class="banner">{firm}{tag}{wide}</div>'
            case "split":
                return f'<div class="side"><div>{firm}{tag}</div><div class="slim" style="text-align:right">{block}</div></div>'
            case "logo":
                return f'<div class="side" style="align-items:center"><div class="slim">{self.logo()}</div><div>{firm}{tag}</div><div class="slim">{block}</div></div>'
            case "bare":
                return f'<div style="font-weight:bold">{escape(name)}</div>{block}'
        return f"{firm}{tag}{block}"

    def footer(self, columns):
        """Small print at the foot of every page; each column a list of lines."""
        cells = "".join(f"<td>{lines(column)}</td>" for column in columns if column)
        return f'<div class="foot"><table><tr>{cells}</tr></table></div>' if cells else ""

    def table(self, heads, aligns, rows, widths=None):
        """`rows`: lists of cells, ("section", text), ("sub", label, text) or ("foot", label, text); a cell may hold line ends."""
        mark = {"r": ' class="r"', "c": ' class="c"'}
        cols = "".join(f'<col style="width:{width}">' for width in widths) if widths else ""
        head = "".join(f"<th{mark.get(align, '')}>{escape(text)}</th>" for text, align in zip(heads, aligns))
        body = []
        for row in rows:
            if row[0] == "section" and len(row) == 2:
                body.append(f'<tr><td colspan="{len(heads)}"><b>{escape(row[1])}</b></td></tr>')
            elif row[0] == "foot":
                body.append(f'<tr><td colspan="{len(heads) - 1}" class="r">{escape(row[1])}</td><td class="r"><b>{escape(row[2])}</b></td></tr>')
            elif row[0] == "sub":
                body.append(f'<tr class="sub"><td colspan="{len(heads) - 1}">{escape(row[1])}</td><td class="r">{escape(row[2])}</td></tr>')
            else:
                cells = "".join(f"<td{mark.get(align, '')}>{lines(text.split(chr(10)))}</td>" for text, align in zip(row, aligns))
                body.append(f"<tr>{cells}</tr>")
        return f'<table class="t">{cols}<thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'

    def totals(self, pairs, strong=-1, form=None):
        form = form or self.look.totals
        rows = "".join(
            f'<tr{" class=strong" if at == strong % len(pairs) else ""}><td>{escape(label)}{self.look.suffix}</td><td class="v">{escape(value)}</td></tr>'
            for at, (label, value) in enumerate(pairs)
        )
        kind = {"boxed": "tot framed", "full": "full"}.get(form, "tot")
        return f'<div class="{kind} keep"><table>{rows}</table></div>'
