"""A seeded writer: sentences, paragraphs, headings, names, numbers, dates and money."""
from . import english, names
from .other import LANGUAGES

ENDLESS = set("the a an of in at on by for to and or but with about more than between after before during over under within since "
              "each this most roughly per cent total was were is are be been not may can could should must will would cannot "
              "new second few first most several early both all only".split())


def split(text):
    return text.split("|")


class Writer:
    def __init__(self, rng, lang="en"):
        self.rng, self.lang = rng, lang
        self.theme = {key: split(value) for key, value in english.THEMES[rng.choice(sorted(english.THEMES))].items()}

    def pick(self, text):
        return self.rng.choice(split(text) if isinstance(text, str) else text)

    def cap(self, text):
        return text[:1].upper() + text[1:]

    # ---- sentences -------------------------------------------------------------------------------------------------
    def noun(self):
        rng, theme = self.rng, self.theme
        det = rng.choice(["the", "the", "this", "each", "the new", "the second"])
        middle = rng.choice(theme["adjectives"]) + " " if rng.random() < 0.5 else ""
        return f"{det} {middle}{rng.choice(theme['things'])}"

    def nouns(self):
        rng, theme = self.rng, self.theme
        if rng.random() < 0.2:
            return self.pick(english.NUMBERS).format(n=rng.randint(12, 980), k=rng.randint(5, 45), m=rng.randint(50, 99),
                                                     p=rng.choice(theme["plurals"]))
        middle = rng.choice(theme["adjectives"]) + " " if rng.random() < 0.5 else ""
        return rng.choice(["the ", "", "most ", "the "]) + middle + rng.choice(theme["plurals"])

    def core(self):
        rng = self.rng
        either = lambda: self.noun() if rng.random() < 0.55 else self.nouns()
        shape = rng.randrange(7)
        if shape < 2:
            return f"{either()} {self.pick(english.PAST)} {either()}"
        if shape == 2:
            return f"{self.noun()} {self.pick(english.PASSIVE)} {self.pick(english.WHEN)}"
        if shape == 3:
            return f"{self.nouns()} {self.pick(english.PASSIVES)} {self.pick(english.WHEN)}"
        if shape == 4:
            return f"{either()} {self.pick(english.MODAL)}"
        if shape == 5:
            return f"{self.pick(english.ROLES)} {self.pick(english.DID)} {self.pick(english.WHEN)}"
        return f"{self.nouns()} in {self.pick(names.TOWN)} {self.pick(english.PAST)} {self.noun()}"

    def sentence(self):
        rng = self.rng
        if self.lang != "en":
            return self.foreign(self.lang)
        text = self.core()
        chance = rng.random()
        if chance < 0.18:
            text = f"{self.pick(english.LEAD)} {text}"
        elif chance < 0.34:
            text = f"{self.pick(english.OPEN)}, {text}"
        elif chance < 0.42:
            text = f"{self.pick(english.WHEN)}, {text}"
        if rng.random() < 0.35:
            text += f", {self.pick(english.CLAUSE)}"
        if rng.random() < 0.08:
            text += f" (see {rng.choice(['Section', 'Table', 'Figure', 'Chapter'])} {rng.randint(1, 9)})"
        elif rng.random() < 0.05:
            text += f"; {self.core()}"
        return self.cap(text) + "."

    def foreign(self, lang):
        words = LANGUAGES[lang]
        one, two, three = (self.pick(words[key]) for key in ("subjects", "verbs", "ends"))
        if lang == "zh":
            return f"{one}{two}，{three}。"
        if lang == "ja":
            return f"{one}{two}、{three}。"
        text = f"{one} {two} {three}"
        chance = self.rng.random()
        if "joins" in words and chance < 0.35:
            text = f"{text}{self.pick(words['joins'])}"
        elif "notes" in words and chance < 0.6:
            text = self.pick(words["notes"]).format(n=self.rng.randint(12, 980), k=self.rng.randint(2, 60), y=self.rng.randint(1990, 2024))
        return text + "."

    def paragraph(self, low=2, high=7):
        gap = "" if self.lang in ("zh", "ja") else " "
        return gap.join(self.sentence() for _ in range(self.rng.randint(low, high)))

    def styled(self, low=2, high=7, chance=0.25):
        """A paragraph with perhaps a bold or italic phrase in it."""
        text = self.paragraph(low, high)
        if self.rng.random() < chance and self.lang not in ("zh", "ja", "ar", "he"):
            parts = text.split(" ")
            at = self.rng.randrange(len(parts))
            end = min(len(parts), at + self.rng.randint(1, 4))
            tag = self.rng.choice("bi")
            parts[at], parts[end - 1] = f"<{tag}>{parts[at]}", f"{parts[end - 1]}</{tag}>"
            if at == end - 1:
                parts[at] = f"<{tag}>{text.split(' ')[at]}</{tag}>"
            text = " ".join(parts)
        return text

    def heading(self, generic=0.4):
        if self.lang != "en":
            return self.pick(LANGUAGES[self.lang]["heads"])
        if self.rng.random() < generic:
            return self.pick(english.HEADS)
        theme = self.theme
        t, p, a = (self.rng.choice(theme[key]) for key in ("things", "plurals", "adjectives"))
        text = self.pick(english.HEAD_FRAMES).format(t=t, p=p, a=a, A=self.cap(a), P=self.cap(p))
        return text.replace(" a a", " an a").replace("A a", "An a").replace(" a o", " an o").replace(" a i", " an i") \
            .replace(" a e", " an e").replace(" a u", " an u")

    def phrase(self, low=2, high=6):
        """A short item without a full stop."""
        if self.lang != "en":
            words = self.foreign(self.lang).rstrip(".。").replace(";", ",").split(",")[0].split(" ")
            return " ".join(words).strip()
        words = self.core().split(" ")
        words = words[:max(low, min(high, len(words)))]
        while len(words) > 2 and words[-1].rstrip(",").lower() in ENDLESS:
            words.pop()
        if len(words) < min(3, low + 1):
            return self.thing()
        return self.cap(" ".join(words)).rstrip(",;:")

    def thing(self):
        return self.cap(f"{self.rng.choice(self.theme['adjectives'])} {self.rng.choice(self.theme['plurals'])}")

    # ---- facts -----------------------------------------------------------------------------------------------------
    def person(self):
        return f"{self.pick(names.FIRST)} {self.pick(names.LAST)}"

    def initials(self):
        first = self.pick(names.FIRST)
        return f"{self.pick(names.LAST)}, {first[0]}."

    def company(self):
        return f"{self.pick(names.COMPANY)} {self.pick(names.BRANCH)} {self.pick(names.FORM)}"

    def address(self):
        return [f"{self.rng.randint(1, 180)} {self.pick(names.STREET)}",
                f"{self.pick(names.TOWN)} {self.rng.choice('ABCDEGHKLMNPRS')}{self.rng.randint(1, 29)} {self.rng.randint(1, 9)}"
                f"{self.rng.choice('ABDEFGHJLNP')}{self.rng.choice('ABDEFGHJLNP')}"]

    def date(self, form=None):
        rng = self.rng
        day, month, year = rng.randint(1, 28), rng.randrange(12), rng.randint(1998, 2026)
        form = rng.randrange(4) if form is None else form
        name = split(names.MONTH)[month]
        return [f"{day} {name} {year}", f"{year}-{month + 1:02}-{day:02}", f"{day:02}.{month + 1:02}.{year}", f"{name} {day}, {year}"][form]

    def mail(self):
        return f"{self.pick(names.FIRST)}.{self.pick(names.COMPANY)}@example.org".lower().replace(" ", "-").replace("'", "")

    def phone(self):
        return f"+{self.rng.randint(30, 49)} {self.rng.randint(20, 999)} {self.rng.randint(100, 999)} {self.rng.randint(1000, 9999)}"

    def code(self):
        return f"{self.rng.choice('ABCDEKLMPRTX')}{self.rng.choice('ABCDEKLMPRTX')}-{self.rng.randint(100, 99999)}"

    def money(self, low=5, high=9000, sign=""):
        return f"{sign}{self.rng.uniform(low, high):,.2f}"

    def reference(self, number, form):
        rng = self.rng
        who = ", ".join(self.initials() for _ in range(rng.randint(1, 3)))
        first = rng.randint(1, 400)
        mark = {"[]": f"[{number}] ", ".": f"{number}. ", "": ""}[form]
        return (f"{mark}{who} ({rng.randint(1985, 2025)}). {self.heading(0.1)}. <i>{self.pick(names.JOURNAL)}</i>, {rng.randint(2, 88)}"
                f"({rng.randint(1, 6)}), {first}–{first + rng.randint(4, 30)}.")
