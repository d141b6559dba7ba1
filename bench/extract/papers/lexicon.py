"""Concepts: how a property may be called and described, and how documents label it in four languages."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "de", "fr", "es")
FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "œ": "oe"})
SHORT = {
    "number": "no",
    "quantity": "qty",
    "amount": "amt",
    "reference": "ref",
    "invoice": "inv",
    "customer": "cust",
    "description": "desc",
    "account": "acct",
    "address": "addr",
    "percent": "pct",
    "department": "dept",
}


@dataclass
class Concept:
    key: str
    names: list
    says: list = field(default_factory=list)
    odd: tuple = ("", "")  # an unusual name and what explains it
    labels: dict = field(default_factory=dict)  # language -> list, the plain one first


def split(text):
    return [part.strip() for part in text.split(";") if part.strip()]


@cache
def concepts():
    found, now = {}, None
    for path in sorted((Path(__file__).parent / "words").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            mark, _, rest = line.partition(" ")
            if mark == "?":
                now.says = split(rest)
            elif mark == "!":
                name, _, said = rest.partition(":")
                now.odd = (name.strip(), said.strip())
            elif mark in LANGUAGES:
                now.labels[mark] = split(rest)
            else:
                key, _, names = line.partition("=")
                now = Concept(key.strip(), split(names))
                if now.key in found:
                    raise ValueError(f"{path.name}: {now.key} twice")
                found[now.key] = now
    return found


def concept(key):
    return concepts()[key]


@cache
def phrases():
    """key -> language -> list of texts that may stand for each other. Spaces at the ends count."""
    found, now = {}, None
    for path in sorted((Path(__file__).parent / "words" / "phrases").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            mark, _, rest = line.partition(" ")
            if mark in LANGUAGES:
                now[mark] = rest.split("|")
            elif line:
                if line in found:
                    raise ValueError(f"{path.name}: {line} twice")
                now = found[line] = {}
    return found


def words_of(text):
    """Words of a label in plain ASCII letters, for a property name: "Fällig am" -> [faellig, am]."""
    text = unicodedata.normalize("NFKD", text.translate(FOLDS))
    text = "".join(c for c in text if not unicodedata.combining(c) and ord(c) < 128)
    return re.findall(r"[A-Za-z]+[0-9]*", text)


def cased(words, style):
    """snake, camel, pascal, kebab, spaced, short."""
    words = [word.lower() for word in words]
    match style:
        case "camel":
            return words[0] + "".join(word.capitalize() for word in words[1:])
        case "pascal":
            return "".join(word.capitalize() for word in words)
        case "kebab":
            return "-".join(words)
        case "spaced":
            return " ".join(word.capitalize() for word in words)
        case "short":
            return "_".join(SHORT.get(word, word) for word in words)
    return "_".join(words)
