"""Tax and registration forms, drawn with a coordinate for everything: real AcroForm fields, or boxes that are filled in."""

import io
from decimal import Decimal

from reportlab.lib.colors import HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from ..draft import Page
from ..sheet import Fact

STATUS = ("single", "married", "divorced", "widowed")


class Sheet:
    """One page; y runs downwards from the top in points."""

    def __init__(self, draft, mode):
        rng = draft.rng
        self.draft, self.mode, self.rng = draft, mode, rng
        self.width, self.height = (612, 792) if draft.world.country == "US" else (595.28, 841.89)
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(self.width, self.height), invariant=1)
        self.canvas.setTitle("form")
        self.left, self.y, self.size = rng.randint(36, 60), 50, rng.choice([9, 9.5, 10])
        self.right = self.width - self.left
        self.serif, self.labels = rng.random() < 0.25, rng.choice(["above", "above", "left", "inside"])
        self.font, self.bold = ("Times-Roman", "Times-Bold") if self.serif else ("Helvetica", "Helvetica-Bold")
        self.ink = rng.choice(["Courier", "Helvetica", "Courier-Bold", self.font])  # of what is filled in
        self.accent, self.fill = HexColor(draft.look.accent), rng.choice([white, HexColor("#f3f5f8"), HexColor("#fffbe6")])
        self.names, self.count = rng.choice(["words", "words", "plain"]), 0

    def write(self, x, y, text, font=None, size=None, colour=black):
        self.canvas.setFillColor(colour)
        self.canvas.setFont(font or self.font, size or self.size)
        self.canvas.drawString(x, self.height - y, text)

    def name(self, path):
        self.count += 1
        return path.split(".")[-1] if self.names == "words" else f"Text{self.count}"

    def field(self, path, x, width):
        draft, canvas = self.draft, self.canvas
        label, text = draft.sheet.label(path), draft.sheet.text(path)
        draft.sheet.facts[path].labelled = True
        small = self.size - 1.5
        high = 17
        if self.labels == "left":
            size = min(small + 1, 8.5)
            taken = min(width * 0.5, max(70.0, canvas.stringWidth(label, self.font, size) + 8))
            self.write(x, self.y + 12, label, size=size)
            x, width, top = x + taken, width - taken, self.y
        elif self.labels == "inside":
            high, top = 26, self.y
        else:
            self.write(x, self.y + 7, label, size=small)
            top = self.y + 10
        self.value(path, text, x, top, width, high)
        if self.labels == "inside":
            self.write(x + 3, top + 8, label, size=small - 0.5, colour=HexColor("#444444"))

    def value(self, path, text, x, top, width, high):
        canvas = self.canvas
        if self.mode == "fields":
            down = 9 if self.labels == "inside" else 0
            if down:
                canvas.setStrokeColor(HexColor("#888888"))
                canvas.rect(x, self.height - top - high, width, high, stroke=1, fill=0)
            canvas.acroForm.textfield(
                name=self.name(path),
                value=text,
                x=x,
                y=self.height - top - high,
                width=width,
                height=high - down,
                fontSize=self.size,
                fontName="Helvetica",
                borderWidth=0.5,
                borderColor=HexColor("#888888"),
                fillColor=self.fill,
                forceBorder=True,
                fieldFlags="",
                maxlen=200,
            )
            return
        canvas.setStrokeColor(HexColor("#777777"))
        canvas.setFillColor(self.fill)
        if self.mode == "lines":
            canvas.line(x, self.height - top - high, x + width, self.height - top - high)
        else:
            canvas.rect(x, self.height - top - high, width, high, stroke=1, fill=1)
        self.write(x + 4, top + high - 5, text, self.ink, self.size + (0.5 if "Courier" not in self.ink else 0))

    def row(self, *fields):
        """Fields beside each other; each (path, share of the width). Those that the form lacks are left out."""
        fields = [(path, share) for path, share in fields if self.draft.sheet.has(path)]
        if not fields:
            return
        total, x, gap = sum(share for _, share in fields), self.left, 10
        room = self.right - self.left - gap * (len(fields) - 1)
        for path, share in fields:
            self.field(path, x, room * share / total)
            x += room * share / total + gap
        self.y += {"above": 34, "left": 24, "inside": 31}[self.labels]

    def section(self, text):
        self.y += 8
        if self.rng.random() < 0.4:
            self.canvas.setFillColor(self.accent)
            self.canvas.rect(self.left, self.height - self.y - 14, self.right - self.left, 15, stroke=0, fill=1)
            self.write(self.left + 4, self.y + 10, text, self.bold, self.size + 0.5, white)
        else:
            self.write(self.left, self.y + 10, text, self.bold, self.size + 1, self.accent)
            self.canvas.line(self.left, self.height - self.y - 14, self.right, self.height - self.y - 14)
        self.y += 22

    def box(self, x, y, ticked, name):
        canvas, side = self.canvas, 9
        if self.mode == "fields":
            canvas.acroForm.checkbox(
                name=name,
                checked=ticked,
                x=x,
                y=self.height - y - side,
                size=side + 2,
                buttonStyle="cross",
                borderWidth=0.5,
                fillColor=white,
                forceBorder=True,
            )
            return
        canvas.setStrokeColor(black)
        canvas.rect(x, self.height - y - side, side, side, stroke=1, fill=0)
        if ticked:
            if self.cross:
                canvas.setLineWidth(1.3)
                canvas.line(x + 1.5, self.height - y - side + 1.5, x + side - 1.5, self.height - y - 1.5)
                canvas.line(x + 1.5, self.height - y - 1.5, x + side - 1.5, self.height - y - side + 1.5)
                canvas.setLineWidth(1)
            else:
                self.write(x + 1.6, y + 8, "X", "Helvetica-Bold", 9)

    def ticks(self, paths):
        for path in paths:
            fact = self.draft.sheet.facts[path]
            self.box(self.left, self.y, fact.value, self.name(path))
            self.write(self.left + 16, self.y + 8, fact.text)
            self.y += 17

    def choice(self, path, options):
        """A label and a box before each option."""
        fact = self.draft.sheet.facts[path]
        fact.labelled = True
        self.write(self.left, self.y + 8, self.draft.sheet.label(path) + ":")
        x = self.left + self.canvas.stringWidth(self.draft.sheet.label(path), self.font, self.size) + 16
        for key, text in options:
            self.box(x, self.y, key == fact.value, f"{path}_{key}")
            self.write(x + 14, self.y + 8, text)
            x += self.canvas.stringWidth(text, self.font, self.size) + 30
        self.y += 22


def facts(draft, tax):
    rng, sheet, world, written = draft.rng, draft.sheet, draft.world, draft.written
    person, home = world.person(), world.place()
    while not f"{person.name}".isascii() and person.name.encode("latin-1", "replace").count(b"?"):
        person = world.person()  # the fonts of the fields have Latin 1 only
    if "{s}" in written.money_form and draft.currency == "EUR":
        written.money_form = rng.choice(["{n}", "{n} EUR", "EUR {n}"])
    upper = draft.chance(0.2)
    put = lambda path, text, often=1.0: sheet.put(path, text, text.upper() if upper else text, "text", often)
    sheet.id("form_number", draft.number("{y}/######", "##-####-##", "F-#####"), 0.6)
    sheet.put("tax_year", draft.year - 1, str(draft.year - 1), "count", 1.0 if tax else 0.0)
    put("applicant.first_name", person.first)
    put("applicant.last_name", person.last)
    sheet.date("applicant.birth_date", draft.later(-26000, -7000), form=written.short_date)
    put("applicant.nationality", draft.one("form.nations"), 0.4)
    sheet.id(
        "applicant.tax_number",
        {"US": world.number("***-**-####"), "GB": world.number("##### #####"), "FR": world.number("## ## ### ### ###")}.get(
            world.country, world.number("##/###/#####")
        ),
        0.9 if tax else 0.2,
    )
    put("applicant.address.street", home.street)
    sheet.id("applicant.address.zip", home.zip)
    put("applicant.address.city", home.city)
    sheet.id("applicant.email", f"{world.slug(person.first)}{rng.randint(1, 99)}@example.com", 0.8)
    sheet.id("applicant.phone", world.phone(), 0.7)
    status = rng.choice(STATUS)
    sheet.facts["marital_status"] = Fact("marital_status", "choice", status, draft.one(f"form.status.{status}"), options=STATUS)
    sheet.facts["marital_status"].written = [sheet.text("marital_status")]
    sheet.count("children", rng.randint(0, 4), 0.6 if tax else 0.2)
    if tax:
        income = draft.price(9000, 90000)
        sheet.money("income", income)
        sheet.money("withheld", income * Decimal("0.17"), 0.8)
    else:
        sheet.put("course", draft.one("facts.course"), often=0.7)
        sheet.date("start_date", draft.later(5, 60), 0.7, written.short_date)
        if world.country != "US":
            from .. import ids

            sheet.id("iban", ids.iban(rng, world.country), 0.5)
    flags = ["self_employed", "first_filing"] if tax else ["newsletter", "first_filing"]
    for path in flags + ["consent"]:
        sheet.put(path, draft.chance(0.55), sheet.label(path), "flag", 0.8, labelled=True)
    sheet.put("signed_at", home.city, often=0.8)
    sheet.date("signed_on", draft.day, form=written.short_date)
    return [path for path in flags + ["consent"] if sheet.has(path)]


def form(draft):
    rng, world = draft.rng, draft.world
    tax = draft.chance(0.5)
    mode = rng.choice(["fields", "fields", "boxes", "lines"])
    flags = facts(draft, tax)
    page = Sheet(draft, mode)
    page.cross = draft.chance(0.5)
    office = draft.one("form.office") if tax else world.company("school").name
    page.write(page.left, page.y, office, page.bold, page.size + 1, page.accent)
    page.y += 24
    page.write(page.left, page.y, draft.one("form.titles.tax" if tax else "form.titles.registration"), page.bold, 16)
    page.y += 12
    page.write(page.left, page.y + 4, rng.choice(draft.all("form.hint")), size=7.5)
    page.y += 14
    sections = draft.all("form.sections")
    page.row(("form_number", 2), ("tax_year", 1))
    page.section(sections[0])
    pair = [("applicant.last_name", 3), ("applicant.first_name", 3)]
    page.row(*(pair if draft.chance(0.5) else pair[::-1]))
    page.row(("applicant.birth_date", 2), ("applicant.nationality", 2), ("applicant.tax_number", 3))
    page.choice("marital_status", [(key, draft.one(f"form.status.{key}")) for key in STATUS])
    page.section(sections[1])
    page.row(("applicant.address.street", 1))
    page.row(("applicant.address.zip", 1), ("applicant.address.city", 3))
    page.row(("applicant.phone", 1), ("applicant.email", 2))
    page.section(sections[2])
    page.row(("income", 2), ("withheld", 2), ("children", 1))
    page.row(("course", 2), ("start_date", 1), ("iban", 2))
    page.section(sections[3])
    page.ticks(flags)
    page.y += 8
    page.row(("signed_at", 2), ("signed_on", 1))
    page.write(page.left, page.y + 24, "X ______________________________   " + draft.one("form.signature"), size=8)
    page.canvas.save()
    return Page("", pdf=page.out.getvalue(), layout=f"form/{mode}/{page.labels}/{page.names}")
