"""The kinds of document and how often each comes."""
from . import office, other, prose, show

KINDS = {"paper": (prose.paper, 4), "report": (prose.report, 4), "invoice": (office.invoice, 2), "form": (office.form, 2),
         "brochure": (show.brochure, 2), "legal": (prose.legal, 2), "slides": (show.slides, 2), "statement": (office.statement, 2),
         "letter": (prose.letter, 2), "book": (prose.book, 2), "contents": (other.contents, 1), "glossary": (other.glossary, 1),
         "sheet": (office.sheet, 3), "news": (prose.news, 2), "rtl": (other.rtl, 1), "cjk": (other.cjk, 1), "prose": (prose.prose, 1),
         "references": (other.references, 1), "manual": (other.manual, 2), "directory": (other.directory, 1)}


def order(seed, number, random):
    """The kind of document `number`, so that every run of documents has each kind in its proportion."""
    bag = [kind for kind, (_, weight) in KINDS.items() for _ in range(weight)]
    random.Random(f"{seed} {number // len(bag)}").shuffle(bag)
    return bag[number % len(bag)]
