"""Whether the page text really holds what the truth says, in a form that the generator wrote."""

import re
import subprocess
import sys
import tempfile
import unicodedata
from decimal import Decimal
from pathlib import Path

PARSE = Path(__file__).resolve().parents[2] / "parse"  # its generator knows when text lies over text


def squeezed(text):
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_of(pdf):
    """Text of a PDF as pdftotext gives it, in reading order and as laid out."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        run = lambda *options: subprocess.run(["pdftotext", *options, file.name, "-"], check=True, capture_output=True).stdout.decode(
            "utf-8", "replace"
        )
        return run(), run("-layout"), run("-raw")


def crowded(pdf):
    """What is wrong with the page itself: text that leaves it or lies over other text."""
    if str(PARSE) not in sys.path:
        sys.path.append(str(PARSE))
    from pages.check import read

    return sorted(set(read(pdf)[1]))


def missing(pdf, forms):
    """Entries of `forms` none of whose written forms is in the text; wrapped text may be broken over lines of a cell."""
    texts = text_of(pdf)
    whole = [squeezed(text) for text in texts]
    words = set(re.split(r"\s+", unicodedata.normalize("NFKC", texts[0]).casefold()))
    out = []
    for entry in forms:
        found = any(squeezed(form) in text for form in entry["written"] for text in whole)
        if not found:
            found = any(len(parts := unicodedata.normalize("NFKC", form).casefold().split()) > 1 and set(parts) <= words for form in entry["written"])
        if not found or not entry["written"]:
            out.append(entry)
    return out


def digits(text):
    """Digits without zeros at the ends: 1.234,50 and 1234.5 have the same."""
    return re.sub(r"[^0-9]", "", text).strip("0")


def agrees(kind, value, written):
    """Whether a value of the truth is what a written form says. Enums and ticks say it in words of their own, and so do currency signs."""
    if kind in ("choice", "flag") or not written:
        return bool(written)
    if kind == "texts":
        return list(value) == list(written)
    if kind in ("money", "number", "count") and not isinstance(value, str):
        return any(digits(f"{Decimal(str(value)):f}") == digits(form) for form in written)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):  # a day or a month
        year, *_, last = value.split("-")
        return any((year in form or year[2:] in form) and (len(value) == 7 or last.lstrip("0") in form) for form in written)
    return any(squeezed(str(value)) == squeezed(form) or str(value) in form for form in written)
