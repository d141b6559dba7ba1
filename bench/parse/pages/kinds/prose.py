"""Papers, reports, letters, legal text, book and news pages."""
from ..model import Gap, Heading, Item, Lines, Listing, Para, Quote, Side
from ..words import names
from .common import ROMAN, Maker

GREETINGS = {"en": "Dear Mr|Dear Ms|Dear Dr", "de": "Sehr geehrte Frau|Sehr geehrter Herr", "fr": "Chère Madame|Cher Monsieur",
             "es": "Estimada señora|Estimado señor"}
CLOSINGS = {"en": "Yours sincerely,|Kind regards,|With best wishes,", "de": "Mit freundlichen Grüßen", "fr": "Cordialement,",
            "es": "Atentamente,|Saludos cordiales,"}


def paper(rng):
    make = Maker(rng, "paper", columns=rng.choice([2, 2, 2, 1]))
    words = make.words
    make.furniture(0.5)
    if not make.style.numbering and make.chance(0.6):
        make.style.numbering = rng.choice(["1.1", "1.1.", "I.", "1.1"])
    make.heading(1, words.heading(0), span=True, number=False)
    people = [words.person() for _ in range(rng.randint(1, 4))]
    make.add(Para(", ".join(people), "centre", span=True))
    make.add(Para(f"{words.company()}, {words.pick(names.TOWN)}, {words.pick(names.COUNTRY)}", "centre", span=True))
    form = rng.choice(["heading", "run", "plain"])
    wide = make.chance(0.5)
    if form == "heading":
        make.heading(2, "Abstract", span=wide, number=False)
    make.add(Para(("<b>Abstract.</b> " if form == "run" else "") + words.paragraph(3, 5), "small", span=wide))
    if make.chance(0.4):
        make.add(Para(f"<i>Keywords:</i> {', '.join(rng.sample(words.theme['plurals'], 4))}", "small", span=wide))
    notes, late = rng.choice([0, 0, 1, 2]), make.chance(0.3)
    while not make.full(0.85):
        make.heading(2, base=2)
        for part in range(rng.randint(1, 3)):
            if notes and make.chance(0.5):
                make.noted()
                notes -= 1
            else:
                make.para()
            if part and make.chance(0.3):
                make.heading(3, base=2)
                make.para()
        extra = rng.choice(["figure", "table", "table", "formula", "list", "none"])
        if extra == "figure":
            make.figure(span=make.chance(0.25))
        elif extra == "table":
            make.table(span=make.chance(0.25), rows=rng.randint(2, 10), caption=make.tables.caption())
        elif extra == "formula":
            make.formula()
            make.para(1, 3)
        elif extra == "list":
            make.listing(2, 5)
    if late:
        make.heading(2, "Acknowledgements", number=False)
        make.para(1, 2)
    make.heading(2, "References", number=False)
    form = rng.choice(["[]", ".", ""])
    number = 0
    while number < 3 or number < 14 and not make.full():
        number += 1
        make.add(Para(words.reference(number, form), "small"))
    return make.document


def report(rng):
    make = Maker(rng, "report", lang=rng.choice(["en"] * 6 + ["de", "fr", "es"]))
    make.furniture(0.85)
    make.heading(1, number=False)
    if make.chance(0.4):
        make.add(Para(make.words.paragraph(1, 3), "lead"))
    while not make.full():
        make.heading(2, base=2)
        make.para()
        for _ in range(rng.randint(0, 3)):
            extra = rng.choice(["table", "table", "list", "list", "sub", "figure", "note", "quote", "para", "tables", "code"])
            if extra == "table":
                make.table()
            elif extra == "tables":
                make.table(rows=rng.randint(2, 6))
                make.table(rows=rng.randint(2, 6))
            elif extra == "list":
                make.add(Para(make.words.sentence().rstrip(".") + ":"))
                make.listing(nested=rng.choice([0, 0, 0.4]))
            elif extra == "sub":
                make.heading(3, base=2)
                make.para(2, 4)
            elif extra == "figure":
                make.figure()
            elif extra == "note":
                make.noted()
            elif extra == "quote":
                make.add(Quote(make.words.paragraph(1, 3), rng.choice(["indent", "bar"])))
            elif extra == "code":
                make.code()
            make.para(2, 5)
    return make.document


def letter(rng):
    make = Maker(rng, "letter", margins=(55, 95), lang=rng.choice(["en", "en", "en", "de", "fr", "es"]))
    words, style = make.words, make.style
    style.columns = 1
    sender = [words.company(), *words.address(), words.phone()]
    receiver = [words.person(), words.company(), *words.address()]
    if make.chance(0.5):
        make.document.header = [(sender[0], "", ", ".join(sender[1:3]))]
        make.add(Gap(1))
        make.add(Lines(receiver))
    elif make.chance(0.5):
        make.add(Side([[Lines(receiver)], [Lines(sender)]], [0.6, 0.4]))
    else:
        make.add(Lines(sender), Gap(1.5), Lines(receiver))
    make.add(Gap(1), Para(f"{words.pick(names.TOWN)}, {words.date(0)}", "date" if make.chance(0.6) else "body", first=True), Gap(0.6))
    subject = words.heading(0.2)
    make.add(Heading(2, f"Re: {subject}") if make.chance(0.3) else Para(f"<b>{subject}</b>", first=True))
    make.add(Para(f"{words.pick(GREETINGS[make.style.lang])} {words.pick(names.LAST)},", first=True))
    for at in range(rng.randint(2, 4)):
        make.para(2, 5)
        if at == 1 and make.chance(0.3):
            make.listing(2, 4)
        if at == 1 and make.chance(0.2):
            make.table(rows=rng.randint(2, 5), caption="")
    make.add(Para(words.pick(CLOSINGS[make.style.lang]), first=True), Gap(2))
    make.add(Lines([words.person(), words.pick("Managing Director|Head of Sales|Project Officer|Secretary")]))
    if make.chance(0.4):
        make.add(Para(f"Enclosures: {words.phrase()}, {words.phrase()}", "small"))
    if make.chance(0.6):
        make.document.footer = [(sender[0], f"Tel. {words.phone()}", words.mail()),
                                (f"Bank {words.code()}", "", f"VAT {words.code()}")][:rng.randint(1, 2)]
    return make.document


def legal(rng):
    make = Maker(rng, "legal", columns=rng.choice([1, 1, 1, 2]))
    words = make.words
    make.furniture(0.6)
    make.style.numbering = ""
    make.heading(1, words.pick("General Terms and Conditions|Service Agreement|Articles of Association|Privacy Notice|Lease Agreement|"
                               "Confidentiality Agreement|Terms of Delivery"), span=True)
    if make.chance(0.6):
        make.add(Para(f"between {words.company()}, {', '.join(words.address())} (“the Supplier”) and {words.company()} (“the Customer”), "
                      f"dated {words.date(0)}.", span=True))
    form = rng.choice(["Article {}", "{}.", "§ {}", "Section {}.", "{}"])
    clause = rng.choice(["{0}.{1}", "({1})", "{0}.{1}.", "{1}."])
    section = 0
    while not make.full():
        section += 1
        text = f"{form.format(section)} {words.heading(0.6)}"
        make.add(Heading(2, text))
        for part in range(1, rng.randint(2, 5)):
            make.add(Para(f"{clause.format(section, part)} {words.paragraph(1, 3)}", first=True))
            if make.chance(0.2):
                make.add(Listing([Item(f"({chr(96 + at)})", words.phrase(4, 10) + ";") for at in range(1, rng.randint(3, 6))]))
    return make.document


def book(rng):
    make = Maker(rng, "book", lang=rng.choice(["en"] * 4 + ["de", "fr", "es"]), margins=(70, 120))
    style, words = make.style, make.words
    style.justify, style.hyphenate, style.columns = True, True, 1
    style.indent = rng.choice([1.0, 1.4, 2.0, style.indent])
    make.document.header = [rng.choice([("{page}", words.heading(), ""), ("", words.heading(), "{page}"), (words.person(), "", "{page}")])]
    if make.chance(0.3):
        make.document.footer, make.document.header = [("", "{page}", "")], []
    number = rng.randint(1, 12)
    style.numbering = ""
    if make.chance(0.8):
        title = words.heading(0.1)
        kind = rng.choice(["Chapter {n}. {t}", "{n}. {t}", "{t}", "Chapter {r}: {t}"]).format(n=number, r=ROMAN[number], t=title)
        make.add(Gap(2))
        make.heading(1, kind)
        make.add(Gap(1))
    if make.chance(0.3):
        make.add(Quote(words.paragraph(1, 2)))
    at = 0
    while not make.full():
        if at in (3, 6) and make.chance(0.35):
            make.heading(2)
        if make.chance(0.25) and at:
            make.noted(3, 7)
        else:
            make.para(3, 8, first=at == 0)
        at += 1
    return make.document


def news(rng):
    make = Maker(rng, "news", columns=3, margins=(36, 50))
    style, words = make.style, make.words
    style.numbering, style.gutter = "", rng.choice([1.0, 1.5, 2.0])
    if make.chance(0.6):
        make.document.header = [(f"The {words.pick(names.TOWN)} {words.pick('Herald|Gazette|Observer|Courier')}", "", words.date(0))]
    style.head_growth = max(style.head_growth, 1.3)
    story, stories = 0, rng.choice([1, 2, 3, 4])
    while not make.full():
        make.heading(1 if story == 0 else 2, words.heading(0), span=story == 0 or make.chance(0.5))
        if make.chance(0.5):
            make.add(Para(words.sentence(), "lead", span=story == 0 and make.chance(0.5)))
        make.add(Para(f"By {words.person()}", "small"))
        story += 1
        at = 0
        while at < 3 or not make.full(story / stories if story < stories else 1.0):
            make.para(2, 5, first=at == 0)
            at += 1
            if make.chance(0.12):
                make.add(Quote(words.sentence(), "pull"))
            if make.chance(0.12):
                make.heading(3)
                make.para(2, 5, first=True)
            if make.chance(0.1):
                make.figure()
    return make.document


def prose(rng):
    """Two columns of text without any heading or table."""
    make = Maker(rng, "prose", columns=rng.choice([2, 2, 3]), lang=rng.choice(["en", "en", "en", "de", "fr", "es"]))
    make.furniture(0.5)
    while not make.full():
        if make.chance(0.1):
            make.add(Para(f"<b>{make.words.phrase()}.</b> {make.words.paragraph(2, 4)}"))
        else:
            make.para(3, 7)
    return make.document


