"""The look of a document, every factor drawn on its own."""
from dataclasses import dataclass, field

# name for the shaping back ends, name for the drawing back end ("" where it has none), serif
FONTS = [("Liberation Serif", "Liberation Serif", 1), ("Liberation Sans", "Liberation Sans", 0), ("DejaVu Sans", "DejaVu Sans", 0),
         ("DejaVu Serif", "DejaVu Serif", 1), ("EB Garamond", "", 1), ("Lato", "Lato", 0), ("Noto Serif", "Noto Serif", 1),
         ("Noto Sans", "Noto Sans", 0), ("Carlito", "Carlito", 0), ("Caladea", "Caladea", 1), ("TeX Gyre Pagella", "", 1),
         ("TeX Gyre Termes", "", 1), ("TeX Gyre Heros", "", 0), ("TeX Gyre Schola", "", 1), ("Open Sans", "Open Sans", 0),
         ("Linux Libertine O", "", 1), ("TeX Gyre Bonum", "", 1), ("Helvetica", "Helvetica", 0), ("Times", "Times", 1)]
WIDE = {"DejaVu Sans", "DejaVu Serif", "Open Sans", "Noto Sans", "Noto Serif", "TeX Gyre Bonum", "TeX Gyre Schola"}
COLOURS = ["#1f4e79", "#7a1f1f", "#2e6b34", "#5b2a86", "#a64b00", "#006d77", "#333333", "#b0123b"]
BULLETS = ["•", "–", "▪", "◦", "*", "-", "►", "·", "○", "■"]
HEADS = ["larger", "bold", "bold larger", "bold larger", "colour", "colour bold larger", "italic larger", "small caps", "all caps",
         "all caps bold", "bold larger centred", "larger centred", "underlined bold", "bold ruled", "bold larger ruled"]


@dataclass
class Look:
    """Of a table."""
    rules: str = "grid"  # grid, horizontal, booktabs, outer, zebra, head, none
    pad_x: float = 0.4  # ems, on each side
    pad_y: float = 0.25
    scale: float = 1.0
    width: str = "auto"  # auto, full
    head_bold: bool = True
    head_align: str = ""  # as the column, or center
    weight: float = 0.6
    colour: str = "#000000"
    fill: str = "#dddddd"
    caption_above: bool = True
    valign: str = "top"


@dataclass
class Style:
    width: float
    height: float
    margins: tuple  # top right bottom left, points
    columns: int
    gutter: float  # ems
    font: str
    drawn: str  # font of the drawing back end
    head_font: str
    head_drawn: str
    size: float
    leading: float
    justify: bool
    hyphenate: bool
    indent: float  # ems; 0: paragraphs are spaced
    heads: str
    head_growth: float
    numbering: str
    accent: str
    bullet: str
    list_form: str
    markers: str  # native or placed
    gap: float  # ems between paragraphs when spaced
    lang: str = "en"
    rtl: bool = False
    fill_columns: str = "balance"
    furniture_size: float = 0.85
    furniture_rule: bool = False
    column_rule: bool = False
    tagged: bool = False
    stream: dict = field(default_factory=dict)  # how the drawing back end writes its operators

    @property
    def measure(self):
        """Width of one column in ems of the body."""
        full = (self.width - self.margins[1] - self.margins[3]) / self.size
        return (full - self.gutter * (self.columns - 1)) / self.columns

    def head(self, level):
        """(size as a factor, bold, italic, colour, caps, align) of a heading's level."""
        words = self.heads.split()
        growth = self.head_growth if "larger" in words else 1.06 if "caps" in words else 1.0
        factor = max(1.0, growth ** (2.2 - 0.75 * (level - 1))) if growth > 1 else 1.0
        deep_italic = level >= 3 and "bold" not in words and "colour" not in words and "caps" not in words and factor < 1.08
        return (factor, "bold" in words, "italic" in words or deep_italic, self.accent if "colour" in words else "#000000",
                "all" if "all" in words else "small" if "small" in words else "", "center" if "centred" in words else "left")


def fonts(rng, allowed):
    chosen = rng.choice([font for font in FONTS if allowed is None or font[0] in allowed])
    other = rng.choice([font for font in FONTS if font[2] != chosen[2]]) if rng.random() < 0.3 else chosen
    drawn = chosen[1] or ("Times" if chosen[2] else "Helvetica")
    if chosen[0] == "Helvetica":
        chosen = ("Liberation Sans", "Helvetica", 0)
    if chosen[0] == "Times":
        chosen = ("Liberation Serif", "Times", 1)
    other_name = {"Helvetica": "Liberation Sans", "Times": "Liberation Serif"}.get(other[0], other[0])
    other_name = chosen[0] if other[0] in ("Helvetica", "Times") and other[2] == chosen[2] else other_name
    return chosen[0], drawn, other_name, drawn if other[2] == chosen[2] else other[1] or ("Times" if other[2] else "Helvetica")


def sample(rng, columns=1, landscape=False, size=None, allowed=None, margins=(40, 90), lang="en"):
    width, height = rng.choice([(595.28, 841.89), (612, 792)])
    if landscape:
        width, height = rng.choice([(height, width), (960, 540), (720, 540)])
    body = size or rng.choice([8, 8.5, 9, 9.5, 10, 10, 10.5, 11, 11, 11.5, 12, 13])
    if columns > 1 and not size:
        body = min(body, 11 if columns == 2 else 9.5)
    font, drawn, head_font, head_drawn = fonts(rng, allowed)
    if font in WIDE and columns > 1:
        body = min(body, 9)
    spaced = rng.random() < 0.6
    low, high = margins if columns == 1 else (margins[0], min(margins[1], 64))
    sides = rng.uniform(low, high)
    justify = rng.random() < (0.75 if columns == 2 else 0.5)
    return Style(
        width, height, (rng.uniform(max(low, 45), high), sides, rng.uniform(max(low, 45), high), sides), columns,
        round(rng.choice([0.8, 1.0, 1.5, 2.0, 2.0, 2.5, 3.0]), 2), font, drawn, head_font, head_drawn, body,
        round(rng.uniform(1.1, 1.8) if columns == 1 else rng.uniform(1.1, 1.45), 2), justify,
        rng.random() < (0.8 if justify else 0.15), 0.0 if spaced else rng.choice([1.0, 1.5, 2.0]), rng.choice(HEADS),
        rng.uniform(1.12, 1.45), rng.choice(["", "", "", "1.1", "1.1.", "A.", "I."]), rng.choice(COLOURS), rng.choice(BULLETS),
        rng.choice(["1.", "1)", "a)", "(i)", "(1)", "A.", "1."]), rng.choice(["native", "placed"]), rng.uniform(0.4, 1.0), lang,
        lang in ("ar", "he"), rng.choice(["balance", "balance", "auto"]), rng.choice([0.7, 0.8, 0.9, 1.0]), rng.random() < 0.3,
        columns > 1 and rng.random() < 0.15, rng.random() < 0.4,
        dict(order=rng.choice(["natural", "natural", "rows", "rows", "furniture late", "reversed", "tables first", "heads late"]),
             unit=rng.choice(["line", "line", "word", "run", "word", "letter"]), bullets_late=rng.random() < 0.3,
             dots=rng.choice(['.', '. ', ' .', '..']), missing_rules=rng.random() < 0.15, spaces=rng.random() < 0.5))


def look(rng, accent):
    rules = rng.choice(["grid", "grid", "horizontal", "horizontal", "booktabs", "booktabs", "outer", "zebra", "head", "none", "none"])
    return Look(rules, rng.choice([0.1, 0.25, 0.4, 0.4, 0.6, 1.0] if rules in ("grid",) else [0.25, 0.3, 0.4, 0.5, 0.7, 1.0]), rng.choice([0.1, 0.15, 0.25, 0.4, 0.7]),
                rng.choice([0.8, 0.85, 0.9, 1.0, 1.0]), rng.choice(["auto", "full", "full"]), rng.random() < 0.65,
                rng.choice(["", "", "center"]), rng.choice([0.3, 0.5, 0.75, 1.0, 1.5]), rng.choice(["#000000", "#000000", "#999999", accent]),
                rng.choice(["#dddddd", "#eeeeee", "#d9e2f3", "#fbe5d6", "#e2efda", "#f5f5f5"]), rng.random() < 0.65,
                rng.choice(["top", "middle", "top"]))
