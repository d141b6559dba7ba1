"""Whether the page text really holds what the truth says, in a form that the generator wrote."""

import re
import subprocess
import sys
import tempfile
import unicodedata
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
