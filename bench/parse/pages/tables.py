"""Tables with plausible content: sampled columns, headers, spans, empty and wrapped cells."""
from .model import Cell, Table
from .style import look as sample_look
from .words import english, names

HEAD = {"int": "Count|Units|Visits|Orders|Members|Sites|Staff|Samples|2023|2024|2025|Pages|Stock",
        "dec": "Mean|Rate|Ratio|Index|Score|SD|Depth (m)|Flow|Yield|p-value|Weight (kg)",
        "pct": "Share|Change|Growth|Share (%)|Margin|Response|Coverage|% of total",
        "money": "Amount|Price|Cost|Total (EUR)|Budget|Net value|Fee|Unit price|Revenue",
        "date": "Date|Issued|Due|Start|End|Last review|Received", "code": "Code|Reference|Item no.|ID|Model|Batch",
        "word": "Status|Type|Region|Category|Owner|Class|Unit|Season", "text": "Description|Remarks|Comment|Finding|Measure|Notes",
        "person": "Name|Contact|Responsible|Author|Speaker", "time": "Departure|Arrival|Opens|Closes|Time|Session",
        "mark": "Approved|Member|Included|Test A|Test B|On site"}
ALIGN = {"int": "right", "dec": "decimal", "pct": "right", "money": "right", "date": "left", "code": "left", "word": "left",
         "text": "left", "person": "left", "time": "left", "mark": "center"}
WIDTH = {"int": 4, "dec": 4, "pct": 4.5, "money": 5.5, "date": 6.5, "code": 5, "word": 5.5, "text": 11, "person": 8, "time": 4, "mark": 4.5}
GROUPS = "Before|After|Group A|Group B|First half|Second half|Domestic|Foreign|Planned|Actual|Urban|Rural|2024|2025|Morning|Evening"


class Tables:
    def __init__(self, rng, words, style):
        self.rng, self.words, self.style, self.count = rng, words, style, 0

    def value(self, kind, places=2):
        rng, words = self.rng, self.words
        match kind:
            case "int":
                return f"{int(rng.choice([9, 90, 900, 30000]) * rng.random()) + 1:,}"
            case "dec":
                return f"{rng.choice(['', '', '', '−'])}{rng.uniform(0, rng.choice([1, 10, 200])):.{rng.choice([1, places, places, 3])}f}"
            case "pct":
                return f"{rng.uniform(0, 99):.1f}%" if rng.random() < 0.8 else f"−{rng.uniform(0, 20):.1f}%"
            case "money":
                return words.money(10, 50000)
            case "date":
                return words.date(rng.choice([1, 2]))
            case "code":
                return words.code()
            case "word":
                return words.pick("open|closed|pending|high|low|medium|annual|monthly|" + names.TOWN + "|" + english.UNITS)
            case "text":
                return words.phrase(2, 9)
            case "person":
                return words.person()
            case "time":
                return f"{rng.randint(6, 22):02}:{rng.choice([0, 5, 10, 15, 30, 45]):02}"
        return rng.choice(["yes", "no", "x", "✓", "–"] if self.style.font.startswith("DejaVu") else ["yes", "no", "x", "–"])

    def label(self, wrapped):
        words, rng = self.words, self.rng
        if wrapped == "first":
            return words.phrase(4, 10)
        return rng.choice([words.thing, words.thing, lambda: words.pick(names.TOWN), lambda: words.pick(names.COUNTRY),
                           lambda: words.pick(english.PRODUCTS)])()

    def caption(self, figure=False):
        rng = self.rng
        if not figure:
            self.count += 1
        name, number = ("Figure", rng.randint(1, 9)) if figure else ("Table", self.count)
        start = rng.choice([f"{name} {number}.", f"{name} {number}:", f"<b>{name} {number}.</b>", f"<b>{name} {number}</b>"])
        return f"{start} {self.words.heading(0.1)}" + rng.choice(["", ".", f" in {self.words.pick(names.TOWN)}."])

    def sample(self, room, rows=None, caption=None, look=None):
        """A table that fits into `room` ems of body text."""
        rng = self.rng
        look = look or sample_look(rng, self.style.accent)
        wrapped = rng.choice(["none", "none", "first", "any"])
        room = room / look.scale
        kinds = ["label"]
        used = 9 if wrapped == "first" else 9.5
        used += 2 * look.pad_x
        want = rng.randint(2, 9)
        pool = [rng.choice(sorted(ALIGN)) for _ in range(3)] if rng.random() < 0.7 else sorted(ALIGN)
        while len(kinds) < want:
            kind = rng.choice(pool)
            if kind == "text" and ("text" in kinds or wrapped == "none" and room < 40):
                kind = "word"
            more = WIDTH[kind] + 2 * look.pad_x
            if used + more > room * 0.95:
                break
            used += more
            kinds.append(kind)
        if len(kinds) == 1:
            kinds.append("int")
        if rng.random() < 0.15 and used + 5 < room:
            kinds[0] = "code"
        count = rows or min(25, rng.choice([2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25]))
        header = rng.choice([0, 1, 1, 1, 1, 2]) if len(kinds) > 2 else rng.choice([0, 1, 1])
        aligns = ["left"] + [rng.choice([ALIGN[kind], ALIGN[kind], "left", "center"]) for kind in kinds[1:]]
        body = self.body(kinds, aligns, count, wrapped)
        rows = self.headers(kinds, aligns, header) + body
        if caption is None:
            caption = self.caption() if rng.random() < 0.5 else ""
        return Table(rows, header, look, caption)

    def body(self, kinds, aligns, count, wrapped):
        rng, words = self.rng, self.words
        empty = rng.choice([0, 0, 0, 0.05, 0.15, 0.4])
        blank = rng.choice(["", "", "–", "n/a"])
        sections = rng.random() < 0.12 and count >= 6
        grouped = rng.random() < 0.15 and count >= 4 and len(kinds) >= 3
        body, left, places = [], 0, rng.choice([1, 2, 2, 3])
        for at in range(count):
            if sections and at % 4 == 0:
                body.append([Cell(words.thing(), cols=len(kinds), bold=rng.random() < 0.7, align=rng.choice(["left", "left", "center"]))])
                continue
            row = []
            for kind, align in zip(kinds, aligns):
                if kind == "label":
                    if grouped and left > 0:
                        continue
                    rows = min(rng.randint(1, 4), count - at) if grouped else 1
                    rows = 1 if sections else rows
                    left = rows
                    row.append(Cell(self.label(wrapped), rows=rows, indent=1 if sections and rng.random() < 0.5 else 0))
                    continue
                text = self.value(kind, places)
                if wrapped == "any" and kind in ("word", "mark") and rng.random() < 0.3:
                    text = words.phrase(3, 8)
                row.append(Cell(blank if rng.random() < empty else text, align=align))
            left -= 1
            if not grouped and not sections and rng.random() < 0.03 and len(row) > 3:
                row[1:3] = [Cell(words.pick("not available|see note|to be confirmed|none"), cols=2, align="center")]
            body.append(row)
        if not sections and not grouped and rng.random() < 0.2 and {"int", "money"} & set(kinds):
            body[-1][0].text = words.pick("Total|All|Sum|Overall")
            for cell in body[-1]:
                cell.bold = True
        return body

    def headers(self, kinds, aligns, header):
        rng, words = self.rng, self.words
        titles, used = [], set()
        for kind in kinds:
            choices = [text for text in (HEAD[kind].split("|") if kind in HEAD else
                                         ["Item", "Category", "Area", "Country", "Position", "Indicator", ""]) if text not in used]
            titles.append(rng.choice(choices or [words.pick(HEAD["int"]) + " 2"]))
            used.add(titles[-1])
        line = [Cell(title, align=align) for title, align in zip(titles, aligns)]
        if header == 0:
            return []
        if header == 1:
            return [line]
        top, bottom, at = [Cell(line[0].text, rows=2)], [], 1
        names_left = rng.sample(GROUPS.split("|"), 8)
        while at < len(line):
            width = min(rng.randint(1, 3), len(line) - at)
            if width == 1 and not bottom and at == len(line) - 1:
                width = 1
                top.append(Cell(names_left.pop(), align="center"))
                bottom.append(line[at])
            elif width == 1:
                top.append(Cell(line[at].text, rows=2, align=line[at].align))
            else:
                top.append(Cell(names_left.pop(), cols=width, align="center"))
                bottom += line[at:at + width]
            at += width
        if not bottom:
            top[-1] = Cell(names_left.pop(), align="center")
            bottom.append(line[-1])
        return [top, bottom]
