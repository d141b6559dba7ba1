"""When a given value counts as right.

>>> TABLE = [
...     ("INV-7", "inv-7 ", True),             # case and white space do not matter
...     ("Nord GmbH & Co. KG", "Nord  GmbH & Co. KG.", True),   # nor do marks at the ends
...     ("purchase_order", "purchase order", True),
...     ("Straße 5", "Strasse 5", True),       # case folding
...     ("ABC-1", "ABC1", False),
...     ("2024-03-05", "5 March 2024", True),  # ISO dates and dates with English months are dates
...     ("2024-03-05", "Mar 5, 2024", True),
...     ("2024-03-05", "2024-03-05T00:00:00Z", True),
...     ("2024-03-05", "05/03/2024", False),   # digits alone do not say their order
...     ("05/03/2024", "05.03.2024", True),    # but two in the same order are the same
...     ("05/03/2024", "05/03/24", True),
...     ("05/03/2024", "03/05/2024", False),
...     (1234.5, "1,234.50", True),            # numbers lose grouping, currency and trailing zeros
...     (1234.5, "1.234,50 €", True),
...     (1234.5, "USD 1,234.5", True),
...     (1234.5, "1234.05", False),
...     (-3.5, "(3.50)", True),
...     (19, "19%", True), (19, 19.0, True), (0.19, "19%", False),
...     ("00123", "123", False),               # a leading zero keeps a number text
...     ("12,5", 12.5, True),
...     (True, "true", True), (True, 1, False),
...     ("a", None, False),
... ]
>>> [(one, two) for one, two, expected in TABLE if same(one, two) != expected]
[]
"""

import re
import unicodedata
from decimal import Decimal

MONTHS = {name: number for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
CURRENCY = r"(?:usd|eur|gbp|chf|jpy|inr|myr|rm|rs|[$€£¥₹])"
DATES = [
    (re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?:[t ]\d\d:\d\d.*)?"), ()),
    (re.compile(r"(?P<name>[a-z]{3})[a-z]*\.? (?P<d>\d\d?)(?:st|nd|rd|th)?,? (?P<y>\d{4})"), ()),
    (re.compile(r"(?P<d>\d\d?)(?:st|nd|rd|th)?[ -](?P<name>[a-z]{3})[a-z]*\.?,?[ -](?P<y>\d{4}|\d\d)"), ()),
    (re.compile(r"(?P<m>\d\d?)[-/.](?P<d>\d\d?)[-/.](?P<y>\d{4}|\d\d)"), ("order unknown",)),
]


def levelled(value):
    text = unicodedata.normalize("NFKC", str(value)).replace("_", " ").casefold()
    return re.sub(r"^\.(?=\d)", "0.", " ".join(text.split()).strip(" ,;:\"'")).strip(" .,;:\"'")


def as_date(text):
    for pattern, mark in DATES:
        found = pattern.fullmatch(text)
        if not found:
            continue
        parts = found.groupdict()
        month = MONTHS.get(parts["name"]) if "name" in parts else int(parts["m"])
        if month is not None:
            year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
            return ("date", *mark, year, month, int(parts["d"]))
    return None


def as_number(text):
    text = re.sub(rf"^{CURRENCY}\s*|\s*(?:{CURRENCY}|%)$", "", text)
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("() ")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) or re.fullmatch(r"0\d+", text):
        return None
    number = Decimal(text).normalize() + 0
    return ("number", -number if negative else number)


def normal(value):
    """What two equal values share."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return ("number", Decimal(str(value)).normalize() + 0)
    text = levelled(value)
    return as_date(text) or as_number(text) or text


def same(truth, given):
    return truth is not None and given is not None and normal(truth) == normal(given)
