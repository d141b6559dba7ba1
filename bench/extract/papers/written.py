"""How one document writes dates, numbers and money: drawn once, then the same all over the document."""

from decimal import ROUND_HALF_UP, Decimal

from .world import SYMBOL

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
BRIEF = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
}
DATES = {
    "en-US": [
        "{mm}/{dd}/{yyyy}",
        "{mm}/{dd}/{yyyy}",
        "{Month} {d}, {yyyy}",
        "{Mon} {d}, {yyyy}",
        "{m}/{d}/{yy}",
        "{yyyy}-{mm}-{dd}",
        "{dd}-{Mon}-{yyyy}",
    ],
    "en-GB": [
        "{dd}/{mm}/{yyyy}",
        "{dd}/{mm}/{yyyy}",
        "{d} {Month} {yyyy}",
        "{dd} {Mon} {yyyy}",
        "{ord} {Month} {yyyy}",
        "{dd}.{mm}.{yy}",
        "{dd}-{Mon}-{yy}",
    ],
    "de-DE": [
        "{dd}.{mm}.{yyyy}",
        "{dd}.{mm}.{yyyy}",
        "{dd}.{mm}.{yyyy}",
        "{d}. {Month} {yyyy}",
        "{dd}.{mm}.{yy}",
        "{d}. {Mon} {yyyy}",
        "{yyyy}-{mm}-{dd}",
    ],
    "fr-FR": ["{dd}/{mm}/{yyyy}", "{dd}/{mm}/{yyyy}", "{er} {Month} {yyyy}", "{dd}/{mm}/{yy}", "{dd}.{mm}.{yyyy}", "{dd}-{mm}-{yyyy}"],
    "es-ES": ["{dd}/{mm}/{yyyy}", "{dd}/{mm}/{yyyy}", "{d} de {Month} de {yyyy}", "{dd}-{mm}-{yyyy}", "{dd}/{mm}/{yy}", "{dd}.{mm}.{yyyy}"],
}
PROSE = {
    "en-US": "{Month} {d}, {yyyy}",
    "en-GB": "{d} {Month} {yyyy}",
    "de-DE": "{d}. {Month} {yyyy}",
    "fr-FR": "{er} {Month} {yyyy}",
    "es-ES": "{d} de {Month} de {yyyy}",
}
MARKS = {
    "en-US": (",", "."),
    "en-GB": (",", "."),
    "de-DE": (".", ","),
    "de-AT": (".", ","),
    "de-CH": ("'", "."),
    "fr-FR": (" ", ","),
    "es-ES": (".", ","),
}


def cents(value):
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Written:
    def __init__(self, rng, locale, language, currency):
        self.rng, self.locale, self.language, self.currency = rng, locale, language, currency
        family = "de-DE" if language == "de" else locale
        self.date_form = rng.choice(DATES[family])
        self.short_date = rng.choice([form for form in DATES[family] if "{M" not in form])
        self.prose_date = PROSE[family]
        self.group, self.point = MARKS[locale]
        if rng.random() < 0.1:
            self.group = ""
        sign = SYMBOL[currency]
        before = ["{s}{n}", "{s}{n}", "{s} {n}", "{c} {n}"]
        after = ["{n} {s}", "{n} {s}", "{n} {s}", "{n} {c}", "{c} {n}", "{s} {n}"]
        self.money_form = rng.choice(before if language == "en" else ["{c} {n}", "{n}", "{n} {c}"] if sign == "CHF" else after)
        self.bare = rng.choice(["{n}", "{n}", self.money_form])  # in the cells of tables
        self.minus = rng.choice(["-", "-", "-", "−", "trailing", "paren"] if language == "en" else ["-", "-", "-", "−", "trailing"])

    def date(self, day, form=None):
        months, brief = MONTHS[self.language].split(), BRIEF[self.language].split()
        suffix = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
        return (form or self.date_form).format(
            d=day.day,
            dd=f"{day.day:02}",
            m=day.month,
            mm=f"{day.month:02}",
            yy=f"{day.year % 100:02}",
            yyyy=day.year,
            Mon=brief[day.month - 1],
            Month=months[day.month - 1],
            ord=f"{day.day}{suffix}",
            er="1er" if day.day == 1 else str(day.day),
        )

    def number(self, value, places=None):
        value = Decimal(value)
        if places is None:
            places = max(0, -value.normalize().as_tuple().exponent)
        text = f"{abs(value):,.{places}f}"
        text = text.replace(",", "\0").replace(".", self.point).replace("\0", self.group)
        return self.signed(text) if value < 0 else text

    def signed(self, text):
        return f"{text}-" if self.minus == "trailing" else f"({text})" if self.minus == "paren" else self.minus + text

    def money(self, value, form=None):
        value = cents(value)
        text = (form or self.money_form).format(n=self.number(abs(value), 2), s=SYMBOL[self.currency], c=self.currency)
        return self.signed(text) if value < 0 else text

    def cell(self, value):
        return self.money(value, self.bare)

    def percent(self, value):
        value = Decimal(value)
        text = self.number(value, None if value == value.to_integral() or value.as_tuple().exponent < -2 or self.rng.random() < 0.6 else 2)
        return text + ("%" if self.language == "en" else self.rng.choice([" %", "%"]))
