"""What the kinds share: a document under construction."""
from ..model import Box, Code, Document, Figure, Formula, Gap, Heading, Item, Listing, Para, Quote, Side, Table
from ..style import sample
from ..tables import Tables
from ..words import Writer

ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


class Maker:
    def __init__(self, rng, kind, lang="en", backends=("weasyprint", "reportlab", "typst"), **look):
        self.rng = rng
        self.style = sample(rng, lang=lang, **look)
        self.words = Writer(rng, lang)
        self.tables = Tables(rng, self.words, self.style)
        self.document = Document(kind, self.style, backends=backends)
        self.add = self.document.add
        self.numbers = [0, 0, 0, 0]

        self.target = rng.choice([rng.uniform(0.45, 0.85), rng.uniform(0.75, 0.93), rng.uniform(0.8, 0.93), rng.uniform(1.1, 2.5)])
        if self.style.columns > 1:
            self.target = max(self.target, 0.8)

    def full(self, share=1.0):
        """Whether the pages that this document is to have are about full."""
        return used(self.document.blocks, self.style) >= self.target * share

    def chance(self, probability):
        return self.rng.random() < probability

    def heading(self, level, text=None, span=False, number=True, base=1):
        """A heading, numbered in the document's way; `base` is the level at which the numbers start."""
        text = text or self.words.heading()
        form = self.style.numbering
        depth = level - base
        if number and form and 0 <= depth < 4:
            self.numbers[depth] += 1
            self.numbers[depth + 1:] = [0] * (3 - depth)
            parts = [str(part) for part in self.numbers[:depth + 1]]
            if form in ("A.", "I."):
                parts[0] = chr(64 + self.numbers[0]) if form == "A." else ROMAN[self.numbers[0]]
            dot = "." if form != "1.1" else ""
            text = ".".join(parts) + dot + " " + text
        return self.add(Heading(level, text, span=span))

    def para(self, low=2, high=7, **more):
        return self.add(Para(self.words.styled(low, high), **more))

    def noted(self, low=2, high=6):
        """A paragraph with a footnote's call in it."""
        number = len(self.document.notes) + 1
        parts = self.words.paragraph(low, high).split(". ")
        at = self.rng.randrange(len(parts))
        parts[at] = parts[at] + ("" if at == len(parts) - 1 else ".") + f"<n{number}>"
        text = "".join(part if i == 0 else (" " if parts[i - 1].endswith(">") else ". ") + part for i, part in enumerate(parts))
        self.document.notes[number] = self.rng.choice([self.words.paragraph(1, 2), self.words.reference(0, "")]).replace("<i>", "").replace("</i>", "")
        return self.add(Para(text))

    def items(self, count, ordered, nested=0.0, low=2, high=10):
        items, form = [], self.style.list_form
        number = 0
        sentences = self.chance(0.4)
        for _ in range(count):
            number += 1
            text = self.words.sentence() if sentences else self.words.phrase(low, high)
            items.append(Item(marker(form, number) if ordered else self.style.bullet, text))
            if self.rng.random() < nested:
                inner_ordered = self.chance(0.4)
                for at in range(1, self.rng.randint(2, 4)):
                    sub = "a)" if form != "a)" else "1."
                    items.append(Item(marker(sub, at) if inner_ordered else self.rng.choice([self.style.bullet, "–"]),
                                      self.words.phrase(low, high), 1))
        return items

    def listing(self, low=3, high=7, ordered=None, nested=0.0, **more):
        ordered = self.chance(0.45) if ordered is None else ordered
        return self.add(Listing(self.items(self.rng.randint(low, high), ordered, nested), self.chance(0.3), **more))

    def table(self, room=None, span=False, **more):
        room = room or (self.style.measure if not span else (self.style.width - 2 * self.style.margins[1]) / self.style.size)
        table = self.tables.sample(room, **more)
        table.span = span
        return self.add(table)

    def figure(self, span=False, height=None):
        caption = self.tables.caption(figure=True) if self.chance(0.85) else ""
        return self.add(Figure(self.rng.choice(["bars", "line", "boxes", "photo"]), height or self.rng.uniform(60, 150), caption,
                               self.rng.randrange(10**6), span=span))

    def formula(self):
        left = self.rng.choice(["E(x)", "Q", "f(t)", "y", "R", "σ"])
        right = self.rng.choice(["a + b x", "2 π r h", "α + β x + ε", "k A (h1 – h2) / L", "Σ w p", "m c", "ln(1 + x) – x / 2"])
        return self.add(Formula(f"{left} = {right}", f"({self.rng.randint(1, 12)})" if self.chance(0.6) else ""))

    def code(self):
        rng, words = self.rng, self.words
        name = rng.choice(words.theme["things"]).replace(" ", "_").replace("-", "_")
        lines = rng.choice([
            [f"def load_{name}(path, limit={rng.randint(2, 99)}):", "    rows = []", "    for line in open(path):",
             "        rows.append(line.split(','))", "        if len(rows) >= limit:", "            break", "    return rows"],
            [f"$ {name} --input data.csv --output out/", f"read {rng.randint(10, 9000)} rows in {rng.random():.2f} s", "done"],
            ["{", f'  "name": "{name}",', f'  "limit": {rng.randint(1, 99)},', '  "enabled": true', "}"],
            [f"SELECT id, {name}", "FROM records", f"WHERE year > {rng.randint(1990, 2020)}", "ORDER BY id;"]])
        return self.add(Code(lines))

    def furniture(self, chance=0.7, title=""):
        rng, words, document = self.rng, self.words, self.document
        title = title or words.heading(0.2)
        if rng.random() < chance:
            document.header = [rng.choice([(title, "", "{page}"), (words.company(), "", title), ("", title, ""),
                                           (title, "", ""), (words.date(0), "", words.code()), ("{page}", "", title)])]
            if rng.random() < 0.15 and document.header[0][0]:
                document.header.append((rng.choice(["Draft", "Confidential", "Version " + str(rng.randint(1, 9)), words.date()]), "", ""))
        if rng.random() < chance:
            document.footer = [rng.choice([("", "{page}", ""), ("", "Page {page} of {pages}", ""), (words.company(), "", "{page}"),
                                           ("", "– {page} –", ""), (words.code(), words.date(1), "Page {page}"), ("", "", "{page}"),
                                           (f"© {rng.randint(2005, 2025)} {words.company()}", "", "")])]
        document.facts["furniture"] = ("header " if document.header else "") + ("footer" if document.footer else "")


def used(blocks, style):
    """The pages that blocks take, by rule of thumb."""
    across = style.measure * (1.15 if style.lang in ("zh", "ja") else 2.05)
    per_page = (style.height - style.margins[0] - style.margins[2]) / (style.size * style.leading)
    total = 0.0
    for block in blocks:
        wide = style.columns if block.span else 1
        gap = 0 if style.indent else style.gap / style.leading
        match block:
            case Heading():
                lines = 2.2 * style.head(block.level)[0]
            case Para() | Quote():
                lines = (len(block.text) / across / wide + 0.6) * (1.7 if block.look in ("pull", "big") else 1) + gap
            case Table():
                lines = 0.0
                columns = sum(cell.cols for cell in block.rows[0])
                share = across * wide / max(1, columns)
                for row in block.rows:
                    deep = max(-(-len(cell.text) * (1 if cell.cols == 1 else 0.3) // (share * 1.6)) for cell in row)
                    lines += (max(1, deep) * 1.22 + 2 * block.look.pad_y) * block.look.scale / style.leading
                lines += 2.2 + (1.5 if block.caption else 0)
            case Figure():
                lines = block.height / style.size / style.leading + 3.5
            case Listing():
                lines = sum(len(item.text) / (across - 4) + 0.6 + 0.3 * block.loose for item in block.items) + 1
            case Box():
                total += used(block.blocks, style)
                lines = 3
            case Side():
                total += max(used(stack, style) for stack in block.stacks)
                lines = 1
            case Gap():
                lines = block.ems / style.leading
            case _:
                lines = len(getattr(block, "lines", [1, 1])) * 1.02 + 1
        total += lines * wide / per_page / style.columns
    return total


def marker(form, number):
    if form.startswith("a") or form.startswith("A"):
        return chr(ord(form[0]) + number - 1) + form[1:]
    if form == "(i)":
        return f"({ROMAN[number].lower()})"
    return form.replace("1", str(number))


