"""How a document looks: every factor drawn on its own, and the style sheet that follows from it."""

from dataclasses import dataclass

FONTS = [
    "Liberation Sans",
    "Liberation Sans",
    "Liberation Serif",
    "DejaVu Sans",
    "Lato",
    "Open Sans",
    "Noto Sans",
    "Noto Serif",
    "Carlito",
    "Carlito",
    "Caladea",
    "EB Garamond",
    "TeX Gyre Heros",
    "TeX Gyre Pagella",
    "TeX Gyre Termes",
    "TeX Gyre Adventor",
    "Liberation Mono",
]
WIDE = {"DejaVu Sans", "Open Sans", "Noto Sans", "Noto Serif", "TeX Gyre Adventor", "Liberation Mono"}
ACCENTS = ["#1f4e79", "#7a1f1f", "#2e6b34", "#5b2a86", "#a64b00", "#006d77", "#222222", "#b0123b", "#0b5cad", "#3d3d3d"]
RULES = ["grid", "grid", "ruled", "ruled", "booktabs", "zebra", "zebra", "none", "head", "columns"]
PAIRS = ["colon", "colon", "table", "table", "right", "boxes", "above", "row", "leader", "stack"]
HEADS = ["left", "right", "centre", "banner", "split", "split", "logo", "logo", "bare"]


@dataclass
class Look:
    page: str
    margin: str
    font: str
    head_font: str
    size: float
    leading: float
    accent: str
    rules: str
    pairs: str
    head: str
    suffix: str
    label: str  # bold, plain, small, colour, caps
    pad: float
    thead: str  # fill, bold, plain, caps
    weight: float
    totals: str  # right, boxed, full, rows
    title: str  # large, caps, spaced, bar, plain
    paging: str = ""  # %p of %n

    @property
    def name(self):
        return f"{self.head}/{self.pairs}/{self.rules}/{self.totals}"


def sample(rng, language, locale, page=None, size=None):
    font = rng.choice(FONTS)
    body = size or rng.choice([7.5, 8, 8.5, 9, 9, 9.5, 10, 10.5, 11])
    if font in WIDE:
        body = min(body, 9)
    page = page or ("8.5in 11in" if locale == "en-US" else "A4")
    suffix = rng.choice([":", ":", ":", ":", "", "", " :", "."]) if language != "fr" else rng.choice([" :", " :", " :", ":", ""])
    return Look(
        page,
        f"{rng.randint(12, 24)}mm {rng.randint(14, 24)}mm {rng.randint(20, 28)}mm",
        font,
        rng.choice([font, font, rng.choice(FONTS)]),
        body,
        round(rng.uniform(1.15, 1.5), 2),
        rng.choice(ACCENTS),
        rng.choice(RULES),
        rng.choice(PAIRS),
        rng.choice(HEADS),
        suffix if suffix != "." else ":",
        rng.choice(["bold", "bold", "plain", "plain", "plain", "small", "colour", "caps"]),
        round(rng.uniform(0.15, 0.55), 2),
        rng.choice(["fill", "fill", "accent", "bold", "bold", "plain", "caps"]),
        rng.choice([0.4, 0.6, 1.0]),
        rng.choice(["right", "right", "boxed", "full", "rows", "rows"]),
        rng.choice(["large", "large", "caps", "spaced", "bar", "plain"]),
        rng.choice(PAGING[language]),
    )


PAGING = {
    "en": ["", "", "Page %p of %n", "Page %p"],
    "de": ["", "", "Seite %p von %n", "Seite %p/%n"],
    "fr": ["", "", "Page %p/%n", "Page %p sur %n"],
    "es": ["", "", "Página %p de %n", "Pág. %p/%n"],
}
LABEL = {
    "bold": "font-weight:bold",
    "plain": "",
    "small": "font-size:.82em;color:#555",
    "colour": "color:{accent}",
    "caps": "text-transform:uppercase;font-size:.8em;letter-spacing:.04em",
}
HEADING = {
    "large": "font-size:2em;font-weight:bold",
    "caps": "font-size:1.5em;text-transform:uppercase;font-weight:bold;color:{accent}",
    "spaced": "font-size:1.5em;letter-spacing:.2em",
    "bar": "font-size:1.3em;color:white;background:{accent};padding:.2em .6em",
    "plain": "font-size:1.25em;font-weight:bold",
}
TABLES = {
    "grid": "table.t td,table.t th{{border:{w}pt solid #444}}",
    "ruled": "table.t td,table.t th{{border-bottom:{w}pt solid #999}}",
    "booktabs": "table.t{{border-top:{w2}pt solid #000;border-bottom:{w2}pt solid #000}} table.t thead th{{border-bottom:{w}pt solid #000}}",
    "zebra": "table.t tbody tr:nth-child(even) td{{background:#eef1f5}}",
    "none": "",
    "head": "table.t thead th{{border-bottom:{w2}pt solid {accent}}}",
    "columns": "table.t{{border:{w}pt solid #444}} table.t td,table.t th{{border-left:{w}pt solid #444;border-right:{w}pt solid #444}} table.t thead th{{border-bottom:{w}pt solid #444}}",
}
THEAD = {
    "fill": "background:#e4e6ea;font-weight:bold",
    "accent": "background:{accent};color:white;font-weight:bold",
    "bold": "font-weight:bold",
    "plain": "font-weight:normal",
    "caps": "font-weight:normal;text-transform:uppercase;font-size:.85em",
}


def css(look):
    pages = (
        f" @top-right {{ content: '{look.paging}'; font: 7.5pt '{look.font}'; color: #555 }}".replace("%p", "' counter(page) '").replace(
            "%n", "' counter(pages) '"
        )
        if look.paging
        else ""
    )
    fill = dict(accent=look.accent, w=look.weight, w2=look.weight * 2)
    return f"""
@page {{ size: {look.page}; margin: {look.margin}; @bottom-center {{ content: element(foot); width: 100%; vertical-align: top; padding-top: 4mm }}{pages} }}
* {{ box-sizing: border-box }}
body {{ font: {look.size}pt/{look.leading} '{look.font}'; margin: 0; color: #111 }}
.foot {{ position: running(foot); font-size: .76em; color: #444; width: 100% }}
.foot table {{ width: 100%; border-top: .5pt solid #888 }} .foot td {{ vertical-align: top; padding: .3em .8em 0 0 }}
h1 {{ font-family: '{look.head_font}'; margin: .5em 0; {HEADING[look.title].format(**fill)} }}
h2 {{ font-size: 1.1em; margin: 1em 0 .3em; color: {look.accent} }}
.firm {{ font-family: '{look.head_font}'; font-size: 1.55em; font-weight: bold; color: {look.accent}; line-height: 1.15 }}
.slogan {{ font-size: .85em; color: #666; font-style: italic }} .tiny {{ font-size: .78em; color: #444 }}
.banner {{ background: {look.accent}; color: white; padding: .8em 1em; margin-bottom: 1em }} .banner .firm, .banner .slogan, .banner .tiny {{ color: white }}
.side {{ display: flex; justify-content: space-between; gap: 2em; margin: .6em 0 }} .side > div {{ flex: 1 }} .side > .slim {{ flex: 0 1 auto }}
.l {{ {LABEL[look.label].format(**fill)} }} .kv {{ margin: 0 }} p {{ margin: .6em 0 }}
table {{ border-collapse: collapse }} td, th {{ text-align: left; vertical-align: top }}
table.k td {{ padding: .08em .9em .08em 0 }} table.k td.v.r {{ text-align: right; padding-right: 0 }}
table.t {{ width: 100%; margin: .8em 0 }} table.t td, table.t th {{ padding: {look.pad}em .5em }} table.t thead th {{ {THEAD[look.thead].format(**fill)} }}
.r, table.t td.r, table.t th.r {{ text-align: right; white-space: nowrap }} .c, table.t td.c, table.t th.c {{ text-align: center }}
{TABLES[look.rules].format(**fill)}
table.g {{ width: 100%; margin: .6em 0 }} table.g td {{ padding: .3em .5em; width: 1% }} table.g.b td {{ border: .6pt solid #666 }} table.g .l {{ display: block; font-size: .78em }}
.lead {{ display: flex }} .lead .dots {{ flex: 1; border-bottom: .8pt dotted #555; margin: 0 .3em .28em }}
.tot {{ margin-left: auto; width: 46%; margin-top: .4em }} .tot table, .full table {{ width: 100% }} .tot td, .full td {{ padding: .2em .5em }} .tot td.v, .full td.v {{ text-align: right; white-space: nowrap }}
.tot.framed {{ border: .8pt solid #333 }} .strong td {{ font-weight: bold; border-top: .8pt solid #333 }} tr.sub td {{ font-weight: bold; font-style: italic }}
.box {{ border: .8pt solid #666; padding: .6em .8em; margin: .7em 0 }} .shade {{ background: #f0f1f3; padding: .6em .8em; margin: .7em 0 }}
.cb {{ display: inline-block; width: .85em; height: .85em; border: .8pt solid #000; text-align: center; line-height: .8em; font-size: .9em; margin-right: .35em }}
.big {{ font-size: 1.5em; font-weight: bold }} .pre {{ white-space: pre-line }} .keep {{ break-inside: avoid }} .wide td {{ width: auto }}
"""
