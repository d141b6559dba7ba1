"""Facts of one document: what is true, how it is written, and whether it is on the page."""

from dataclasses import dataclass, field
from decimal import Decimal

from .lexicon import concept
from .written import cents

# Labels of pairs are drawn together: the second of each stands at the same place in its list as the first.
TWINS = {"period_end": "period_start", "check_out": "check_in", "arrives": "departs", "current_reading": "previous_reading", "job_end": "job_start"}
BARE = {"Date", "Datum", "Fecha", "Le", "Dated", "date"}  # say which date only for the first one of a document


@dataclass
class Fact:
    path: str
    kind: str  # text, id, date, time, money, number, count, flag, choice, texts
    value: object  # None: not in the document
    text: str = ""
    written: list = field(default_factory=list)  # every form in which the page may have it
    labelled: bool = False
    options: tuple = ()  # of a choice
    note: str = ""  # said in the description: how the value is to be given

    @property
    def key(self):
        return self.path.rsplit(".", 1)[-1]


def text(path, value, kind="text"):
    return Fact(path, kind, value, value, [value])


@dataclass
class Rows:
    path: str
    columns: list  # keys of concepts, in printed order
    records: list = field(default_factory=list)  # {key: Fact}
    spare: dict = field(default_factory=dict)  # key -> kind of columns that are not there
    hidden: tuple = ()  # printed columns that no schema asks for

    @property
    def key(self):
        return self.path.rsplit(".", 1)[-1]

    def add(self, made):
        """A record of the facts {key: Fact} that have a column here; each is written as its text."""
        for fact in made.values():
            fact.written = [fact.text]
        self.records.append({key: made[key] for key in self.columns})


class Sheet:
    def __init__(self, rng, world, written):
        self.rng, self.world, self.written = rng, world, written
        self.facts, self.labels = {}, {}
        self.whole = {}  # path of an address -> its lines
        self.main_date = None
        self.bilingual = world.language != "en" and rng.random() < 0.07  # Rechnungsdatum / Invoice date

    def put(self, path, value, text=None, kind="text", often=1.0, **more):
        """Adds a fact; with `often` below 1 it may be left out of the document, its truth then is null."""
        if self.rng.random() >= often:
            value = None
        text = "" if value is None else str(value if text is None else text)
        self.facts[path] = Fact(path, kind, value, text, more.pop("written", [text] if text else []), **more)
        return value is not None

    def id(self, path, text, often=1.0):
        return self.put(path, text, kind="id", often=often)

    def date(self, path, day, often=1.0, form=None):
        self.main_date = self.main_date or path
        return self.put(path, day, self.written.date(day, form), "date", often)

    def money(self, path, value, often=1.0, text=None):
        return self.put(path, cents(value), text or self.written.money(value), "money", often)

    def number(self, path, value, often=1.0, unit="", places=None):
        text = self.written.number(value, places) + (f" {unit}" if unit else "")
        return self.put(path, Decimal(value), text, "number", often)

    def count(self, path, value, often=1.0):
        return self.put(path, int(value), self.written.number(value, 0), "count", often)

    def rows(self, path, columns, spare=None, hidden=()):
        rows = Rows(path, columns, spare=spare or {}, hidden=hidden)
        self.facts[path] = rows
        return rows

    def drop(self, *paths):
        """Facts that the page does not give after all: they are not in the document."""
        for path in paths:
            if path in self.facts:
                self.facts[path].value, self.facts[path].text, self.facts[path].written = None, "", []

    def has(self, path):
        fact = self.facts.get(path)
        return fact is not None and (isinstance(fact, Rows) or fact.value is not None)

    def text(self, path):
        return self.facts[path].text if self.has(path) else ""

    def label(self, path):
        """The label of a fact in the document's language, the same each time."""
        if path not in self.labels:
            key = path.rsplit(".", 1)[-1]
            labels = concept(key).labels[self.world.language]
            taken = set(self.labels.values()) | (
                BARE if path != self.main_date and key not in ("signed_on", "booking_date", "travel_date") else set()
            )
            fresh = [label for label in labels if label not in taken] or labels
            self.labels[path] = fresh[0] if self.rng.random() < 0.3 else self.rng.choice(fresh)
            twin = self.labels.get(path.removesuffix(key) + TWINS.get(key, "-"))
            if twin:
                at = concept(TWINS[key]).labels[self.world.language].index(twin)
                self.labels[path] = labels[min(at, len(labels) - 1)]
        english = concept(path.rsplit(".", 1)[-1]).labels["en"][0]
        if self.bilingual and isinstance(self.facts.get(path), Fact) and english != self.labels[path]:
            return f"{self.labels[path]} / {english}"
        return self.labels[path]

    def pair(self, path):
        self.facts[path].labelled = True
        return self.label(path), self.facts[path].text

    def pairs(self, *paths):
        return [self.pair(path) for path in paths if self.has(path)]

    def place(self, path, place, country=0.0):
        """The parts of an address."""
        self.put(f"{path}.street", place.street)
        self.id(f"{path}.zip", place.zip)
        self.put(f"{path}.city", place.city)
        if self.world.locale == "en-US":
            self.put(f"{path}.state", place.state)
        if country:
            self.put(f"{path}.country", place.country, often=country)
        self.whole[path] = place.lines + ([place.country] if country and self.has(f"{path}.country") else [])

    def party(self, path, company, contact=1.0, tax=0.0, bank=0.0, state=None, country=0.25):
        """A company or person with its address and, each by chance, its contact data."""
        self.put(f"{path}.name", company.name)
        self.place(f"{path}.address", company.place, country)
        for key in ("email", "phone", "fax", "website"):
            if contact > 0:
                self.id(f"{path}.{key}", getattr(company, key), contact * (0.35 if key == "fax" else 0.75))
        if tax > 0:
            self.id(f"{path}.vat_id", company.vat_id, tax)
            if company.registration:
                self.id(f"{path}.registration_number", company.registration, tax * 0.6)
        if bank > 0 and self.rng.random() < bank and self.world.country != "US":
            self.put(f"{path}.bank_name", company.bank, often=0.7)
            self.id(f"{path}.iban", company.iban)
            self.id(f"{path}.bic", company.bic, 0.8)

    def lines(self, path, place, name=True):
        """An address as on an envelope."""
        out = [self.text(f"{path}.name")] if name else []
        out += place.lines
        if self.has(f"{path}.address.country"):
            out.append(self.text(f"{path}.address.country").upper() if self.rng.random() < 0.3 else self.text(f"{path}.address.country"))
        return out

    def contacts(self, path, *keys):
        keys = keys or ("phone", "fax", "email", "website")
        return self.pairs(*[f"{path}.{key}" for key in keys if f"{path}.{key}" in self.facts])
