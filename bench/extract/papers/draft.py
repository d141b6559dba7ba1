"""A document being drawn: the tools that every kind uses."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from . import look as looks
from .blocks import Blocks
from .lexicon import phrases
from .sheet import Sheet
from .words import goods
from .world import BY_LANGUAGE, World
from .written import Written, cents

RATES = {
    "US": ["8.25", "6.5", "7", "8.875"],
    "GB": ["20"],
    "DE": ["19", "19", "7"],
    "AT": ["20"],
    "CH": ["8.1"],
    "FR": ["20", "20", "10", "5.5"],
    "ES": ["21", "21", "10"],
}


@dataclass
class Page:
    """What a kind gives back."""

    body: str
    foot: str = ""
    pdf: bytes = b""  # drawn by the kind itself
    layout: str = ""
    rules: str = ""  # of its table of rows, where it is not that of the look


class Draft:
    def __init__(self, rng, language, page=None, size=None):
        self.rng, self.language = rng, language
        self.world = World(rng, rng.choice(BY_LANGUAGE[language]))
        self.currency = rng.choice(self.world.currencies)
        self.written = Written(rng, self.world.locale, language, self.currency)
        self.sheet = Sheet(rng, self.world, self.written)
        self.look = looks.sample(rng, language, self.world.locale, page, size)
        self.blocks = Blocks(rng, self.look)
        self.day = date(rng.randint(2018, 2025), rng.randint(1, 12), rng.randint(1, 28))
        self.year = self.day.year
        self.wide = self.chance(0.7)  # tables with given widths of columns

    def later(self, low, high, day=None):
        return (day or self.day) + timedelta(days=self.rng.randint(low, high))

    def all(self, key):
        """The phrases of a key in the document's language."""
        return phrases()[key][self.language]

    def one(self, key):
        return self.rng.choice(self.all(key))

    def chance(self, share):
        return self.rng.random() < share

    def number(self, *patterns):
        """A number by a pattern; {y} is the year, {yy} its last two digits."""
        return self.world.code(*patterns).replace("{yy}", f"{self.year % 100:02}").replace("{y}", str(self.year))

    def price(self, low, high):
        return cents(Decimal(self.rng.uniform(low, high)))

    def rate(self):
        return Decimal(self.rng.choice(RATES[self.world.country]))

    def goods(self, theme, count):
        """Different names of things, some with a detail."""
        rng, names = self.rng, list(goods.GOODS[self.language][theme])
        details = (goods.PARTS if theme == "service" else goods.DETAILS)[self.language]
        rng.shuffle(names)
        while len(names) < count:
            names += [f"{name}, {rng.choice(details)}" for name in rng.sample(goods.GOODS[self.language][theme], min(8, count))]
            names = list(dict.fromkeys(names))
        return [name if theme == "food" or "," in name or rng.random() < 0.75 else f"{name}, {rng.choice(details)}" for name in names[:count]]

    def unit(self):
        return self.rng.choice(goods.UNITS[self.language])

    def masthead(self, path, company, contacts=True):
        """The letterhead of a party of the sheet."""
        said = self.sheet.contacts(path) if contacts else []
        return self.blocks.letterhead(
            self.sheet.text(f"{path}.name"), self.sheet.lines(path, company.place, name=False), said, company.slogan if self.chance(0.3) else ""
        )

    def imprint(self, path, company):
        """Small print at the foot: register, tax and bank of a party, where they are given."""
        sheet = self.sheet
        said = lambda *keys: [f"{label}: {value}" for label, value in sheet.contacts(path, *keys)]
        columns = [
            [sheet.text(f"{path}.name")] + (company.place.lines if self.chance(0.5) else []),
            said("registration_number", "vat_id"),
            said("bank_name", "iban", "bic"),
        ]
        return self.blocks.footer([column for column in columns if column])

    def stamp(self):
        """A rubber stamp or a copy's mark in a corner, or nothing."""
        if not self.chance(0.08):
            return ""
        said = self.one("draft.stamp")
        return f'<div style="text-align:right"><span style="display:inline-block;border:2pt solid #b03030;color:#b03030;padding:.2em .8em;transform:rotate(-7deg);font-weight:bold">{said}</span></div>'

    def terms(self):
        """By chance a page of small print, full of dates and amounts that nobody asks for."""
        if not self.chance(0.08):
            return ""
        rng, written, blocks = self.rng, self.written, self.blocks
        fill = dict(
            date=written.date(self.later(-900, -300)),
            amount=written.money(rng.choice([50, 100, 150])),
            fee=written.money(self.price(5, 40)),
            rate=rng.choice([5, 8, 9]),
            days=rng.choice([7, 8, 14]),
            city=self.world.place().city,
        )
        columns = "columns:2;" if self.chance(0.6) else ""
        text = "".join(blocks.para(clause.format(**fill)) for clause in self.all("terms.text") * rng.choice([1, 1, 2]))
        return f'<div style="break-before:page"></div>{blocks.heading(self.one("terms.title"))}<div class="tiny" style="{columns}text-align:justify">{text}</div>'

    def greeting(self):
        return self.one("draft.greeting")
