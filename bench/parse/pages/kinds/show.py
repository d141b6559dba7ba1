"""Brochures and slides."""
from ..model import Box, Break, Heading, Lines, Listing, Para, Quote, Side
from .common import Maker


def brochure(rng):
    make = Maker(rng, "brochure", columns=rng.choice([2, 2, 3]), margins=(36, 56))
    style, words = make.style, make.words
    style.numbering, style.indent = "", 0.0
    style.head_growth = max(style.head_growth, 1.25)
    make.furniture(0.4)
    make.heading(1, words.heading(0), span=make.chance(0.7))
    if make.chance(0.6):
        make.add(Para(words.paragraph(1, 2), "lead", span=make.chance(0.6)))
    while not make.full(0.9):
        kind = rng.choice(["text", "text", "box", "quote", "list", "figure", "dark"])
        if kind in ("text", "list"):
            make.heading(2)
            make.para(2, 4)
            if kind == "list":
                make.listing(3, 5, ordered=False)
        elif kind == "quote":
            make.add(Quote(f"“{words.sentence()}”", "pull"))
        elif kind == "figure":
            make.figure()
        else:
            inner = [Heading(3, words.heading())] if make.chance(0.7) else []
            inner.append(Para(words.paragraph(1, 3), first=True))
            dark = kind == "dark"
            make.add(Box(inner, style.accent if dark else rng.choice(["#eef3f8", "#f6efe4", "#eeeeee", "#e8f3ea"]),
                         "" if make.chance(0.7) else f"0.7pt solid {style.accent}", "#ffffff" if dark else ""))
    make.add(Lines([words.company(), ", ".join(words.address()), words.phone(), words.mail()], bold=make.chance(0.5)))
    return make.document


def slides(rng):
    make = Maker(rng, "slides", landscape=True, size=rng.choice([16, 18, 20, 22]), margins=(45, 70))
    style, words = make.style, make.words
    style.columns, style.indent, style.justify, style.hyphenate, style.numbering = 1, 0.0, False, False, ""
    style.leading = min(style.leading, 1.35)
    style.furniture_size = rng.choice([0.5, 0.6])
    make.furniture(0.3)
    make.document.footer = make.document.footer or ([("", "", "{page}")] if make.chance(0.5) else [])
    for at in range(rng.choice([1, 2, 3])):
        if at:
            make.add(Break())
        make.heading(1, words.heading(0.2))
        kind = rng.choice(["list", "list", "nested", "text", "table", "side"])
        if kind == "text":
            make.add(Para(words.paragraph(1, 2), first=True))
        elif kind == "table":
            make.table(rows=rng.randint(3, 5), caption="")
        elif kind == "side":
            make.add(Side([[Listing(make.items(3, False, 0, 2, 5))], [Listing(make.items(3, False, 0, 2, 5))]], [0.5, 0.5]))
        else:
            make.listing(3, 5 if kind == "list" else 3, ordered=make.chance(0.2), nested=0.5 if kind == "nested" else 0)
    return make.document
