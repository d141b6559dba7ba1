"""Faces of the drawing back end: the standard Type 1 fonts and the TrueType families of Debian's packages."""
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ..model import Cell, Item

TYPE1 = {"Helvetica": ["Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"],
         "Times": ["Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"],
         "Courier": ["Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"]}
FOLDER = Path("/usr/share/fonts/truetype")
USUAL = ["Regular", "Bold", "Italic", "BoldItalic"]
FILES = {"Liberation Serif": ("liberation/LiberationSerif-", USUAL), "Liberation Sans": ("liberation/LiberationSans-", USUAL),
         "DejaVu Sans": ("dejavu/DejaVuSans", ["", "-Bold", "", "-Bold"]), "DejaVu Serif": ("dejavu/DejaVuSerif", ["", "-Bold", "", "-Bold"]),
         "Lato": ("lato/Lato-", USUAL), "Noto Serif": ("noto/NotoSerif-", USUAL), "Noto Sans": ("noto/NotoSans-", USUAL),
         "Carlito": ("crosextra/Carlito-", USUAL), "Caladea": ("crosextra/Caladea-", USUAL), "Open Sans": ("open-sans/OpenSans-", USUAL)}
INSTEAD = {"−": "–", "▪": "•", "◦": "–", "►": "•", "○": "•", "■": "•", "✓": "x", "σ": "s", "Σ": "S", "π": "p", "α": "a", "β": "b",
           "ε": "e", "☐": "-", "□": "-", "·": "•", "³": "3", "²": "2", "“": '"', "”": '"', "’": "'", "–": "-", "•": "-", "§": "Par."}


@lru_cache(None)
def face(family, bold=False, italic=False):
    """The name of a registered face."""
    at = bold + 2 * italic
    if family in TYPE1:
        return TYPE1[family][at]
    start, ends = FILES[family]
    name = Path(start + ends[at]).name
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{start}{ends[at]}.ttf")))
    return name


@lru_cache(None)
def has(name, char):
    font = pdfmetrics.getFont(name)
    if isinstance(font, TTFont):
        return ord(char) in font.face.charToGlyph
    try:
        char.encode("cp1252")
        return True
    except UnicodeEncodeError:
        return False


def width(text, name, size):
    return pdfmetrics.stringWidth(text, name, size)


def fitted(text, families):
    """The text with characters of which every face has a glyph."""
    out = []
    for char in text:
        for _ in range(3):
            if all(has(face(family), c) for family in families for c in char):
                break
            char = INSTEAD.get(char, "?")
        out.append(char)
    return "".join(out)


def fit(value, families):
    """Changes every text of a document's model in place."""
    if isinstance(value, str):
        return fitted(value, families)
    if isinstance(value, list):
        value[:] = [fit(part, families) for part in value]
    elif isinstance(value, tuple):
        return tuple(fit(part, families) for part in value)
    elif isinstance(value, dict):
        for key in value:
            value[key] = fit(value[key], families)
    elif is_dataclass(value) and (type(value).__module__.endswith(".model") or isinstance(value, (Cell, Item))):
        for part in fields(value):
            if part.name not in ("style", "look", "facts", "backends", "kind"):
                setattr(value, part.name, fit(getattr(value, part.name), families))
    return value
