"""Pages that tempt a parser to find tables or headings, and pages in other scripts."""
from ..model import Cell, Item, Lines, Listing, Para, Table
from ..style import look as sample_look
from ..words import names
from ..words.other import LANGUAGES
from .common import Maker


def contents(rng):
    make = Maker(rng, "contents", margins=(60, 100))
    words = make.words
    make.furniture(0.5)
    make.style.numbering, make.style.columns = "", 1
    title = words.pick("Contents|Table of Contents|List of Chapters|In this issue")
    make.heading(1, title)
    page, lines, numbered = rng.randint(1, 9), [], make.chance(0.7)
    for chapter in range(1, rng.randint(5, 9)):
        lines.append((f"{chapter} " * numbered + words.heading(), str(page), 0))
        for section in range(1, rng.randint(1, 5)):
            page += rng.randint(0, 4)
            lines.append((f"{chapter}.{section} " * numbered + words.heading(0.1), str(page), 1))
        page += rng.randint(1, 9)
    make.add(Lines(lines[:34], rng.choice(["leader", "leader", "right"])))
    if make.chance(0.3):
        title = words.pick("List of figures|Appendices")
        make.heading(2, title)
        make.add(Lines([(f"Figure {at}. {words.heading(0.1)}", str(rng.randint(2, 90)), 0) for at in range(1, rng.randint(3, 7))], "leader"))
    return make.document


def glossary(rng):
    make = Maker(rng, "glossary", columns=rng.choice([2, 2, 3, 1]))
    words = make.words
    make.furniture(0.5)
    make.style.numbering = ""
    make.heading(1, words.pick("Glossary|Key terms|Index of terms|Members|Exhibitors|Abbreviations"), span=True)
    kind = rng.choice(["terms", "terms", "people", "index"])
    entries = sorted({words.thing() for _ in range(rng.randint(14, 30))})
    if kind == "terms":
        for entry in entries:
            make.add(Para(f"<b>{entry}</b>{rng.choice(['. ', ': ', ' – '])}{words.paragraph(1, 2)}", first=True))
    elif kind == "people":
        for _ in range(rng.randint(10, 18)):
            make.add(Lines([words.person(), words.company(), *words.address(), words.phone()][:rng.randint(3, 5)], bold=make.style.gap > 0.7))
    else:
        make.add(Lines([f"{entry}, {', '.join(str(n) for n in sorted(rng.sample(range(1, 300), rng.randint(1, 4))))}"
                        for entry in sorted({words.thing() for _ in range(60)})[:60]]))
    return make.document


def references(rng):
    make = Maker(rng, "references", columns=rng.choice([1, 1, 2]))
    make.furniture(0.6)
    make.style.numbering = ""
    make.heading(2, make.words.pick("References|Bibliography|Further reading"))
    form = rng.choice(["[]", ".", ""])
    number = 0
    while not make.full() and number < 60:
        number += 1
        make.add(Para(make.words.reference(number, form), "small"))
    return make.document


def manual(rng):
    """Code, steps and label: value lines."""
    make = Maker(rng, "manual", columns=1)
    words = make.words
    make.furniture(0.6)
    make.heading(1, number=False)
    make.para(1, 3)
    while not make.full(0.9):
        make.heading(2, base=2)
        make.add(Para(words.sentence().rstrip(".") + ":"))
        kind = rng.choice(["code", "steps", "labels", "terms"])
        if kind == "code":
            make.code()
            make.para(1, 3)
        elif kind == "steps":
            make.listing(3, 6, ordered=True, nested=0.3)
        elif kind == "labels":
            make.add(Lines([(f"{words.thing()}:", f"{rng.randint(1, 900)} {words.pick('mm|kg|kW|h|bar')}") for _ in range(rng.randint(3, 6))],
                           rng.choice(["plain", "plain", "tab"])))
        else:
            make.add(Listing([Item(make.style.bullet, f"<b>{words.thing()}:</b> {words.sentence()}") for _ in range(rng.randint(3, 5))]))
    make.para(1, 3)
    return make.document


def script(rng, kind, lang, fonts, columns):
    make = Maker(rng, kind, lang=lang, columns=columns, size=rng.choice([10, 11, 12, 13]), backends=("weasyprint",))
    style, words = make.style, make.words
    style.font = style.head_font = rng.choice(fonts)
    style.heads = rng.choice(["larger", "bold larger", "colour bold larger", "bold", "bold larger centred"])
    style.numbering, style.hyphenate, style.markers = "", False, "native"
    style.bullet, style.list_form = rng.choice("•–-"), rng.choice(["1.", "1)"])
    style.leading = max(style.leading, 1.35)
    if make.chance(0.6):
        make.document.header = [(words.pick(LANGUAGES[lang]["heads"]), "", "{page}")]
    make.heading(1, span=True)
    if make.chance(0.3):
        make.add(Para(words.paragraph(1, 2), "lead", span=True))
    while not make.full(0.9):
        make.heading(2)
        make.para(3, 6)
        extra = rng.choice(["list", "table", "table", "para"])
        if extra == "list":
            make.add(Listing(make.items(rng.randint(3, 5), make.chance(0.4), 0, 3, 9)))
        elif extra == "table":
            labels = LANGUAGES[lang]["labels"].split("|")
            wide = rng.randint(2, 4)
            rows = [[Cell(label) for label in labels[:wide]]]
            rows += [[Cell(label)] + [Cell(str(rng.randint(1, 9000)), align="center") for _ in range(wide - 1)]
                     for label in rng.sample(labels[4:], rng.randint(3, 5))]
            look = sample_look(rng, style.accent)
            make.add(Table(rows, 1, look))
        make.para(2, 4)
    return make.document


def rtl(rng):
    lang = rng.choice(["ar", "he"])
    fonts = {"ar": ["Noto Naskh Arabic", "Noto Kufi Arabic", "DejaVu Sans", "Noto Sans Arabic"],
             "he": ["DejaVu Sans", "Noto Sans Hebrew", "Noto Serif Hebrew"]}[lang]
    return script(rng, "rtl", lang, fonts, rng.choice([1, 1, 2]))


def cjk(rng):
    lang = rng.choice(["zh", "ja"])
    country = {"zh": "SC", "ja": "JP"}[lang]
    return script(rng, "cjk", lang, [f"Noto Sans CJK {country}", f"Noto Serif CJK {country}"], rng.choice([1, 1, 2]))


def directory(rng):
    """Address blocks side by side, short label lines: nothing here is a table."""
    make = Maker(rng, "directory", columns=rng.choice([2, 3]), margins=(40, 60))
    words = make.words
    make.furniture(0.6)
    make.style.numbering, make.style.justify = "", False
    make.heading(1, words.pick("Our offices|Contacts|Opening hours and addresses|Dealers"), span=True)
    while not make.full(0.9):
        title = words.pick(names.COUNTRY)
        make.heading(2, title)
        for _ in range(rng.randint(1, 4)):
            pairs = [("Phone:", words.phone()), ("E-mail:", words.mail()), ("Hours:", f"{rng.randint(7, 9)}:00–{rng.randint(16, 18)}:30")]
            make.add(Lines([words.company(), *words.address(), *rng.sample(pairs, rng.randint(1, 3))], bold=make.style.gap > 0.6))
    return make.document
