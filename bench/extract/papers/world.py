"""Where a document comes from: country, people, places, companies. All of it is invented."""

import random
from dataclasses import dataclass

from . import ids
from .words import places

# locale -> language, country, its name, currencies, weight
LOCALES = {
    "en-US": ("en", "US", "USA", ["USD"]),
    "en-GB": ("en", "GB", "United Kingdom", ["GBP", "GBP", "GBP", "EUR"]),
    "de-DE": ("de", "DE", "Deutschland", ["EUR"]),
    "de-AT": ("de", "AT", "Österreich", ["EUR"]),
    "de-CH": ("de", "CH", "Schweiz", ["CHF"]),
    "fr-FR": ("fr", "FR", "France", ["EUR"]),
    "es-ES": ("es", "ES", "España", ["EUR"]),
}
BY_LANGUAGE = {"en": ["en-US", "en-GB"], "de": ["de-DE", "de-DE", "de-DE", "de-AT", "de-CH"], "fr": ["fr-FR"], "es": ["es-ES"]}
SYMBOL = {"USD": "$", "EUR": "€", "GBP": "£", "CHF": "CHF"}


@dataclass
class Place:
    street: str
    zip: str
    city: str
    state: str
    country: str
    lines: list  # as written on an envelope, without the country


@dataclass
class Person:
    first: str
    last: str
    title: str  # Mr, Frau, ...

    @property
    def name(self):
        return f"{self.first} {self.last}"


@dataclass
class Company:
    name: str
    place: Place
    email: str
    phone: str
    fax: str
    website: str
    vat_id: str
    registration: str
    iban: str
    bic: str
    bank: str
    slogan: str


class World:
    def __init__(self, rng: random.Random, locale):
        self.rng, self.locale = rng, locale
        self.language, self.country, self.country_name, self.currencies = LOCALES[locale]
        self.data = places.DATA[locale] if locale in places.DATA else places.DATA[{"de": "de-DE"}[self.language]]
        self.names = places.NAMES[self.language]
        self.used = set()

    def pick(self, choices):
        """One of the choices that was not given out yet, where there is such a one."""
        fresh = [choice for choice in choices if choice not in self.used]
        chosen = self.rng.choice(fresh or choices)
        self.used.add(chosen)
        return chosen

    def person(self):
        rng = self.rng
        female = rng.random() < 0.5
        first = self.pick(self.names["women" if female else "men"])
        last = self.pick(self.names["last"])
        if self.language == "es" and rng.random() < 0.6:
            last += " " + self.pick(self.names["last"])
        return Person(first, last, self.names["titles"][1 if female else 0])

    def place(self):
        rng = self.rng
        zips, city, state = rng.choice([town for town in self.data["towns"] if town[1] not in self.used] or self.data["towns"])
        self.used.add(city)
        code = "".join(str(rng.randrange(10)) if c == "#" else rng.choice("ABDEHJLNPRSTUW") if c == "@" else c for c in zips)
        name, number = self.pick(self.data["streets"]), rng.randint(1, 180)
        match self.locale:
            case "en-US":
                street = f"{rng.randint(10, 9800)} {name}" + (
                    f", {rng.choice(['Suite', 'Apt', 'Unit'])} {rng.randint(1, 480)}" if rng.random() < 0.25 else ""
                )
                lines = [street, f"{city}, {state} {code}"]
            case "en-GB":
                street, lines = f"{number} {name}", [f"{number} {name}", city, code]
                if rng.random() < 0.4:
                    lines = [street, f"{city} {code}"]
            case "fr-FR":
                street = f"{number}{rng.choice(['', '', '', ' bis'])}{rng.choice([' ', ', '])}{name}"
                lines = [street, f"{code} {city.upper() if rng.random() < 0.4 else city}"]
                city = lines[1][6:]
            case "es-ES":
                street = f"{name}{rng.choice([', ', ' ', ', n.º '])}{number}" + (
                    f", {rng.randint(1, 8)}.º {rng.choice('ABCD')}" if rng.random() < 0.3 else ""
                )
                lines = [street, f"{code} {city}" + (f" ({state})" if rng.random() < 0.4 and state != city else "")]
            case _:
                street = f"{name} {number}{rng.choice(['', '', '', 'a', 'b'])}"
                prefix = {"de-CH": "CH-", "de-AT": "A-"}.get(self.locale, "D-") if rng.random() < 0.1 else ""
                lines = [street, f"{prefix}{code} {city}"]
        return Place(street, code, city, state, self.country_name, lines)

    def number(self, pattern):
        return "".join(str(self.rng.randrange(10)) if c == "#" else c for c in pattern)

    def phone(self):
        return self.number(self.rng.choice(self.data["phones"]))

    def slug(self, text):
        from .lexicon import words_of

        return "".join(words_of(text)[:2]).lower()

    def company(self, trade="any"):
        rng = self.rng
        stem = self.pick(self.names["stems"])
        form = rng.choice(self.data["forms"])
        what = rng.choice(self.names["trades"].get(trade) or self.names["trades"]["any"])
        name = rng.choice([f"{stem} {what} {form}", f"{stem} {form}", f"{stem} & {self.pick(self.names['last'])} {form}", f"{stem} {what} {form}"])
        host = self.slug(stem) + rng.choice(["", "", "-group", "-shop", "-online"]) + rng.choice(self.data["domains"])
        reg = {
            "US": lambda: "",
            "GB": lambda: ids.digits(rng, 8),
            "FR": lambda: self.siret(),
            "ES": lambda: self.number("M-######"),
            "AT": lambda: self.number("FN ######") + rng.choice("abdkx"),
            "CH": lambda: self.number("CHE-###.###.###"),
        }
        place = self.place()
        registration = reg.get(self.country, lambda: f"HRB {rng.randint(1000, 99999)}")()
        mailbox = rng.choice(self.names["mailboxes"])
        bank = self.bank()
        return Company(
            name,
            place,
            f"{mailbox}@{host}",
            self.phone(),
            self.phone(),
            rng.choice(["www.", "www.", "https://www.", ""]) + host,
            ids.vat_id(rng, self.country),
            registration,
            ids.iban(rng, self.country),
            ids.bic(rng, self.country),
            bank,
            rng.choice(self.names["slogans"]),
        )

    def siret(self):
        number = ids.siret(self.rng)
        return f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"

    def bank(self):
        return self.rng.choice(self.names["banks"]).replace("{city}", self.rng.choice(self.data["towns"])[1])

    def code(self, *patterns):
        """A number by a pattern: # digit, @ capital letter, {y} year of the document."""
        text = self.rng.choice(patterns)
        return "".join(str(self.rng.randrange(10)) if c == "#" else self.rng.choice("ABCDEFGHKLMNPRSTUVWX") if c == "@" else c for c in text)
