"""Invoices, forms, financial statements, timetables and specification sheets."""
from ..model import Cell, Gap, Heading, Lines, Para, Side, Table
from ..style import look as sample_look
from ..words import english, names
from .common import Maker

CURRENCY = ["€", "$", "£", "EUR ", "USD ", "CHF ", ""]


def invoice(rng):
    make = Maker(rng, "invoice", margins=(45, 70), size=rng.choice([8.5, 9, 10, 10.5, 11]))
    words, style = make.words, make.style
    style.columns, style.indent = 1, 0.0
    sender, sign = words.company(), rng.choice(CURRENCY)
    sender_lines = [sender, *words.address(), words.phone()]
    receiver = [words.company(), words.person(), *words.address()]
    facts = [("Invoice number:", words.code()), ("Invoice date:", words.date()), ("Due date:", words.date()),
             ("Customer number:", str(rng.randint(1000, 99999))), ("Order:", words.code())][:rng.randint(2, 5)]
    title = Heading(1, rng.choice(["Invoice", "INVOICE", f"Invoice {words.code()}", "Credit note", "Delivery note"]))
    look = rng.choice(["plain", "tab"])
    top = rng.randrange(3)
    if top == 0:
        make.add(Side([[Lines(sender_lines, bold=True)], [title, Lines(facts)]], [0.6, 0.4]), Gap(1), Lines(receiver), Gap(1))
    elif top == 1:
        make.add(title, Side([[Lines(["Bill to", *receiver], bold=True)], [Lines(facts, look)]], [0.5, 0.5]), Gap(1))
        make.document.header = [(sender, "", ", ".join(sender_lines[1:3]))]
    else:
        make.add(Lines(sender_lines), Gap(1), Lines(receiver), Gap(1), title, Lines(facts, look), Gap(0.5))
    rows, total = [], 0
    extra = rng.sample(["Pos.", "Item no.", "Unit", "Qty", "Unit price", "VAT"], rng.randint(2, 5))
    order = [name for name in ("Pos.", "Item no.", "Description", "Qty", "Unit", "Unit price", "VAT", "Amount")
             if name in extra or name in ("Description", "Amount")]
    align = {"Qty": "right", "Unit price": "right", "VAT": "right", "Amount": "right"}
    rows.append([Cell(name if name != "Amount" or make.chance(0.6) else "Total", align=align.get(name, "left")) for name in order])
    for at in range(1, rng.choice([3, 5, 8, 12, 16])):
        count, price = rng.randint(1, 40), rng.uniform(2, 900)
        total += count * price
        text = words.pick(english.PRODUCTS) + (", " + words.phrase(3, 8).lower() if make.chance(0.2) else "")
        made = {"Pos.": str(at), "Item no.": words.code(), "Description": text, "Qty": str(count), "VAT": rng.choice(["19%", "20%", "7%"]),
                "Unit": words.pick("pcs|h|m|kg|box"), "Unit price": f"{sign}{price:,.2f}", "Amount": f"{sign}{count * price:,.2f}"}
        rows.append([Cell(made[name], align=align.get(name, "left")) for name in order])
    sums = [("Subtotal", total), ("VAT 20%", total * 0.2), ("Total due", total * 1.2)]
    inside = make.chance(0.6)
    table = Table(rows, 1, sample_look(rng, style.accent))
    table.look.width, table.look.pad_x = "full", min(table.look.pad_x, 0.5)
    if inside:
        for name, value in sums:
            bold = name == "Total due"
            rows.append([Cell(name, cols=len(order) - 1, align=rng.choice(["right", "right", "left"]), bold=bold),
                         Cell(f"{sign}{value:,.2f}", align="right", bold=bold)])
    make.add(table)
    if not inside:
        make.add(Lines([(f"{name}:", f"{sign}{value:,.2f}") for name, value in sums], "plain"))
    make.add(Para(f"Payment within {rng.choice([7, 14, 30])} days. {words.sentence()}", first=True))
    if make.chance(0.7):
        make.document.footer = [(sender, f"IBAN {words.code()} {rng.randint(1000, 9999)} {rng.randint(1000, 9999)}", words.mail())]
    return make.document


def form(rng):
    make = Maker(rng, "form", margins=(45, 70))
    words, style = make.words, make.style
    style.numbering, style.indent = rng.choice(["", "", "1.1", "A."]), 0.0
    make.furniture(0.6)
    make.heading(1, words.pick("Application Form|Registration|Change of Address|Membership Application|Accident Report|Travel Request|"
                               "Personal Data Sheet|Grant Application|Customer Record"), number=False)
    if make.chance(0.6):
        make.add(Para(words.paragraph(1, 2), first=True))
    while not make.full(0.7):
        make.heading(2, words.pick("Personal details|Contact|Employment|Bank details|Declaration|Travel|Office use only|Previous address"),
                     base=2)
        labels = rng.sample(english.LABELS.split("|"), rng.randint(3, 7))
        pairs = [(f"{label}:", value(make, label)) for label in labels]
        shape = rng.choice(["plain", "tab", "tab", "grid", "side"])
        if shape == "grid":
            look = sample_look(rng, style.accent)
            look.rules, look.width = rng.choice(["grid", "horizontal"]), "full"
            make.add(Table([[Cell(left.rstrip(":"), bold=make.style.gap > 0.7), Cell(right)] for left, right in pairs], 0, look))
        elif shape == "side" and len(pairs) > 3:
            half = len(pairs) // 2
            make.add(Side([[Lines(pairs[:half])], [Lines(pairs[half:])]], [0.5, 0.5]))
        else:
            make.add(Lines(pairs, shape if shape != "side" else "plain", bold=make.chance(0.5)))
        if make.chance(0.3):
            make.add(Lines([f"{rng.choice('☐☐□')} {words.phrase(2, 6)}" for _ in range(rng.randint(2, 4))]
                           if style.font.startswith("DejaVu") and style.drawn.startswith("DejaVu")
                           else [f"[ ] {words.phrase(2, 6)}" for _ in range(rng.randint(2, 4))]))
    if make.chance(0.7):
        make.add(Para(words.paragraph(2, 3), "small"), Gap(1.5), Lines(["Place, date, signature"]))
    return make.document


def value(make, label):
    words = make.words
    for part, made in (("date", lambda: words.date()), ("Date", lambda: words.date()), ("Name", words.person), ("person", words.person),
                       ("holder", words.person), ("Issued", words.person), ("Address", lambda: ", ".join(words.address())),
                       ("Telephone", words.phone), ("mail", words.mail), ("until", lambda: words.date()),
                       ("Employer", words.company), ("Place", lambda: words.pick(names.TOWN)), ("Branch", lambda: words.pick(names.TOWN)),
                       ("Nation", lambda: words.pick(names.COUNTRY)), ("Status", lambda: words.pick("single|married|active|retired")),
                       ("Priority", lambda: words.pick("low|normal|high")), ("Depart", lambda: words.pick(names.BRANCH)),
                       ("Occupation", lambda: words.pick("engineer|teacher|nurse|driver|accountant"))):
        if part in label:
            return made()
    return words.code()


def statement(rng):
    """A financial statement: a wide table without or with few rules, indented rows, subtotals and years."""
    make = Maker(rng, "statement", margins=(45, 75), size=rng.choice([8, 8.5, 9, 9.5, 10]))
    words, style = make.words, make.style
    style.numbering, style.columns = "", 1
    make.furniture(0.8)
    title = words.pick("Consolidated Balance Sheet|Income Statement|Statement of Financial Position|Cash Flow Statement|"
                       "Statement of Changes in Equity|Segment Reporting")
    make.heading(1, title)
    if make.chance(0.6):
        make.add(Para(words.pick("In thousands of euros|In EUR million|(in millions, except per share amounts)|for the year ended 31 December"),
                      "small"))
    if make.chance(0.4):
        make.para(1, 3)
    tables = 0
    while not tables or not make.full(0.75) and tables < 3:
        tables += 1
        make.add(accounts(make))
        make.add(Para(words.paragraph(1, 3)))
    return make.document


def accounts(make):
    rng, words, style = make.rng, make.words, make.style
    look = sample_look(rng, style.accent)
    look.rules = rng.choice(["none", "none", "none", "booktabs", "horizontal", "zebra", "head"])
    look.width, look.scale, look.pad_x = "full", 1.0, max(0.3, min(look.pad_x, 0.6))
    year, sign = rng.randint(2005, 2024), rng.choice(["", "", "$", "€", "£"])
    note, years, groups = make.chance(0.35), rng.choice([2, 2, 2, 3]), rng.choice([1, 1, 2])
    split_sign = sign and make.chance(0.4)
    wide = years * groups
    heads = [str(year - at) if make.chance(0.8) else f"31 Dec {year - at}" for at in range(years)] * groups
    rows = []
    lead = [Cell("")] + ([Cell("Note", align="center")] if note else [])
    if groups == 2:
        for cell in lead:
            cell.rows = 2
        rows.append(lead + [Cell(name, cols=years, align="center") for name in rng.sample(["Group", "Company", "Europe", "Americas"], 2)])
        rows.append([Cell(head, align="right") for head in heads])
    else:
        rows.append(lead + [Cell(head, align="right") for head in heads])
    header, indented = len(rows), make.chance(0.7)

    def number(first):
        value = rng.choice([rng.randint(1, 999), rng.randint(1000, 99999)])
        text = f"{value:,}" if rng.random() > 0.22 else f"({value:,})"
        return "–" if rng.random() < 0.06 else (f"{sign} {text}" if split_sign else sign + text) if first and sign else text

    def line(label, first=False, bold=False, indent=0):
        marks = [Cell(str(rng.randint(1, 30)) if rng.random() < 0.4 and not bold else "", align="center")] if note else []
        return [Cell(label, bold=bold, indent=indent)] + marks + [Cell(number(first), align="right", bold=bold) for _ in range(wide)]

    for at in range(rng.randint(2, 3)):
        name = words.pick("Non-current assets|Current assets|Equity|Liabilities|Operating activities|Investing activities|Income|Expenses")
        blank = [Cell("") for _ in range(wide + bool(note))]
        rows.append([Cell(name, bold=True), *blank])
        for row, label in enumerate(rng.sample(english.ACCOUNTS.split("|"), rng.randint(2, 6))):
            rows.append(line(label, row == 0 and at == 0, indent=1 if indented else 0))
        rows.append(line(f"Total {name[0].lower()}{name[1:]}", bold=make.chance(0.7)))
    rows.append(line(words.pick("Total|Net result|Balance at 31 December|Profit for the year"), True, True))
    return Table(rows, header, look)


def sheet(rng):
    """A timetable or specification sheet: many tables."""
    make = Maker(rng, "sheet", margins=(40, 65), columns=rng.choice([1, 1, 1, 2]))
    make.furniture(0.6)
    make.heading(1, make.words.pick("Technical Data|Timetable|Product Specification|Price List|Test Report|Course Catalogue"), span=True,
                 number=False)
    same = sample_look(rng, make.style.accent)
    while not make.full(0.85):
        if make.chance(0.7):
            make.heading(2, base=2)
        if make.chance(0.25):
            make.para(1, 2)
        make.table(rows=rng.choice([3, 4, 5, 6, 8, 10]), look=same if make.chance(0.6) else None)
    if make.chance(0.4):
        make.add(Para(make.words.paragraph(1, 2), "small"))
    return make.document
