"""The habits of one author of schemas: names, descriptions, types, null."""

import re
from datetime import date
from decimal import Decimal

from .lexicon import cased, concept, words_of

JSON_TYPE = {"money": "number", "number": "number", "count": "integer", "flag": "boolean"}


class Hand:
    """The habits of one author of schemas."""

    def __init__(self, rng, language, odd):
        self.rng, self.language, self.odd = rng, language, odd
        self.kind = rng.choice(["pydantic", "pydantic", "plain", "plain", "plain", "zod", "typed"])
        self.case = rng.choice(["snake", "snake", "snake", "camel", "camel", "short", "pascal", "kebab"] + ["spaced"] * (rng.random() < 0.3))
        self.native = language != "en" and not odd and rng.random() < 0.25
        self.says = 1.0 if odd else rng.choice([0.0, 0.0, 0.4, 0.9, 1.0])
        self.quotes = rng.choice([0.0, 0.3, 0.8])
        self.examples, self.bounds = rng.random() < 0.15, rng.random() < 0.2
        self.titles = self.kind == "pydantic" and rng.random() < 0.7 or rng.random() < 0.1
        self.nullable = {"pydantic": rng.choice(["anyof", "anyof", "none"]), "zod": rng.choice(["anyof", "list"]), "typed": "list"}.get(
            self.kind, "none"
        )
        self.nulls = rng.choice([0.3, 0.7, 1.0])
        self.dates = rng.choice(["format", "format", "format", "format", "said", "plain", "printed"])
        self.amounts = "string" if rng.random() < 0.06 else "number"
        self.defs = self.kind == "pydantic" or rng.random() < 0.15
        self.required = {"zod": "all", "pydantic": rng.choice(["certain", "none"]), "typed": "none"}.get(
            self.kind, rng.choice(["none", "some", "all"])
        )
        self.flat = rng.choice([0.0, 0.2, 0.6, 1.0])
        self.joined = rng.choice([0.0, 0.0, 0.0, 0.0, 0.8])  # addresses as one string
        self.share = rng.choice([0.5, 0.7, 0.85, 0.95])
        self.letter = rng.choice(["F", "field_", "c", "X"])
        self.definitions = {}
        self.codes = odd and rng.random() < 0.35  # properties are called F01, F02, ...
        self.oblique = odd and rng.random() < 0.3  # descriptions that avoid the usual words
        self.main_date = ""
        self.claimed = {}  # key -> names that belong to other facts of the document

    def name(self, key, group=None, taken=(), inside=None):
        """A property name for a concept that is not taken; `group` is put before it when a group was made flat. What the object
        around it (`inside`) says already may be left out: patient.name."""
        rng, found = self.rng, concept(key)
        if self.codes:
            return next(name for name in (f"{self.letter}{at:02}" for at in range(1, 1000)) if name not in taken)
        if self.odd and found.odd[0] and found.odd[0] not in taken:
            choices = [found.odd[0]]
        elif self.native and found.labels.get(self.language):
            choices = [" ".join(words_of(label)[:4]) for label in found.labels[self.language][:2]]
        else:
            choices = (
                found.names[:1]
                if rng.random() < 0.4
                else [name for name in found.names[:5] if name not in self.claimed.get(key, ()) and (name != "date" or key == self.main_date)]
                or found.names[:1]
            )
        before = words_of(self.name_words(group)) if group else []
        for choice in rng.sample(choices, len(choices)) + found.names + [key.replace("_", " ")]:
            words = words_of(choice)
            if before and words[: len(before)] != [word.lower() for word in before] and choice.lower() not in taken:
                words = before + words
            if inside and len(words) > 1 and words[0].lower() == inside and rng.random() < 0.6:
                words = words[1:]
            name = cased(words or [key], self.case)
            if name not in taken:
                return name
        return cased(key.split("_") + ["value"], self.case)

    def name_words(self, key):
        found = concept(key)
        if self.native and found.labels.get(self.language):
            return found.labels[self.language][0]
        return found.names[0]

    def say(self, key, group=None, example="", note=""):
        """The description of a property, or nothing."""
        rng, found = self.rng, concept(key)
        if not note and rng.random() >= self.says and not self.odd:
            return ""
        if self.oblique and found.odd[1]:
            text = found.odd[1]
        elif self.native and rng.random() < 0.5 and found.labels.get(self.language):
            text = rng.choice(found.labels[self.language])
        else:
            text = rng.choice(found.says) if found.says else found.names[0].capitalize()
        whose = concept(group).names[0] if group else "document"
        text = text.replace("{group}", whose)
        if group and whose not in text and rng.random() < 0.5:
            text += f" of the {whose}" if " of the " not in text else f" ({whose})"
        if note:
            text += f"; {note}"
        if example and rng.random() < self.quotes:
            text += rng.choice([f", e.g. '{example}'", f' (for example "{example}")', f". Example: {example}"])
        return text

    def maybe_null(self, node):
        if self.nullable == "none" or self.rng.random() >= self.nulls:
            return node
        if self.nullable == "anyof":
            keep = {key: node.pop(key) for key in ("title", "description") if key in node}
            out = {"anyOf": [node, {"type": "null"}], **keep}
            return {**out, "default": None} if self.kind == "pydantic" else out
        if isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = node["enum"] + [None]
        return node


def example_of(rng, fact):
    """A value of the same make that is not the one on the page."""
    if fact.kind not in ("id", "money", "date") or fact.value is None:
        return ""
    if fact.kind == "money":
        return str(round(rng.uniform(10, 900), 2))
    source = fact.value.isoformat() if fact.kind == "date" else fact.text
    if fact.kind == "date":
        return f"{rng.randint(2011, 2019)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    text = re.sub(r"\d", lambda found: str((int(found.group()) + rng.randint(1, 9)) % 10), source)
    return text if text != source else ""


def plain_value(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() and value.as_tuple().exponent >= 0 else float(value)
    return value.isoformat() if isinstance(value, date) else value


def leaf(hand, fact, name, group=None):
    """(schema node, true value)."""
    rng, value = hand.rng, plain_value(fact.value)
    node, note = {"type": JSON_TYPE.get(fact.kind, "string")}, fact.note
    if fact.kind == "date":
        if hand.dates == "format":
            node["format"] = "date"
        elif hand.dates == "said":
            note = rng.choice(["ISO 8601 (YYYY-MM-DD)", "as YYYY-MM-DD", "format YYYY-MM-DD"])
        elif hand.dates == "printed":
            note, value = "exactly as printed", fact.text or None
    elif fact.kind == "time" and not note:
        note = "HH:MM"
    elif fact.kind == "choice":
        node["enum"] = list(fact.options)
    elif fact.kind == "money" and hand.amounts == "string":
        node, note, value = {"type": "string"}, "as printed, with the currency sign if there is one", fact.text or None
    elif fact.kind == "texts":
        node = {"type": "array", "items": {"type": "string"}}
    if fact.key == "email" and rng.random() < 0.3:
        node["format"] = "email"
    if fact.key == "currency" and rng.random() < 0.3:
        node["enum"] = ["EUR", "USD", "GBP", "CHF"]
    if fact.kind == "money" and node["type"] == "number" and "signed" not in fact.key and "balance" not in fact.key and hand.bounds:
        node["minimum"] = 0
    example = "" if hand.dates == "printed" and fact.kind == "date" else example_of(rng, fact)
    said = hand.say(fact.key, group, example, note)
    if hand.titles:
        node = {"title": " ".join(words_of(re.sub(r"([a-z])([A-Z])", r"\1 \2", name))).title(), **node}
    if said:
        node["description"] = said
    if example and hand.examples:
        node["examples"] = [example if node["type"] == "string" else float(example)]
    return (node if fact.kind == "texts" else hand.maybe_null(node)), value
