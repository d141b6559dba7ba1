"""Product data sheet and financial summary."""

from decimal import Decimal
from html import escape

from .. import ids
from ..draft import Page
from ..sheet import Fact, text


def datasheet(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    maker = world.company()
    model = draft.number("@@-###", "@@@ ##", "@###-@@", "####@")
    sheet.put("product_name", draft.one("data.products"))
    sheet.id("model", model)
    sheet.put("manufacturer", maker.name)
    sheet.id("gtin", ids.ean(rng, rng.choice(["40", "30", "84", "50", "76"])), 0.6)
    sheet.number("voltage", rng.choice([12, 24, 48, 230, 400]), 0.9, unit="V")
    sheet.number(
        "power", Decimal(rng.choice([4, 15, 60, 180, 750, 2200])) if draft.chance(0.6) else Decimal(rng.randint(20, 900)) / 10, 0.9, unit="W"
    )
    sheet.number("net_weight", Decimal(rng.randint(2, 400)) / rng.choice([10, 100]), 0.9, unit="kg")
    sheet.put("dimensions", f"{rng.randint(40, 400)} x {rng.randint(40, 300)} x {rng.randint(20, 200)} mm", often=0.8)
    sheet.put("protection", rng.choice(["IP20", "IP44", "IP54", "IP65", "IP67"]), often=0.8)
    low, high = rng.choice([-40, -25, -20, -10]), rng.choice([40, 50, 60, 70, 85])
    sheet.put("temperature_min", low, f"{low} °C", "number", written=[f"{low} °C", f"{low}"])
    sheet.put("temperature_max", high, f"{high} °C", "number", written=[f"{high} °C", f"+{high} °C"])
    sheet.put("material", draft.one("data.materials"), often=0.7)
    sheet.put("colour", draft.one("data.colours"), often=0.6)
    years = rng.randint(2, 10)
    unit = draft.one("datasheet.unit")
    sheet.put("warranty", years, f"{years} {unit}", "count", 0.5)
    sheet.put("revision", draft.number("#.#", "R#", "0#/{y}"), often=0.6)
    chosen = rng.sample(draft.all("data.features"), rng.randint(3, 5))
    sheet.facts["features"] = Fact("features", "texts", chosen, "", chosen, labelled=True)
    specs = sheet.pairs("voltage", "power", "net_weight", "dimensions", "protection", "material", "colour", "warranty")
    if draft.chance(0.6):
        said = draft.one("datasheet.temperature")
        specs.append((said, f"{low} °C {rng.choice(['...', 'to' if draft.language == 'en' else '–', '...'])} +{high} °C"))
        sheet.facts["temperature_min"].labelled = sheet.facts["temperature_max"].labelled = True
    else:
        specs += sheet.pairs("temperature_min", "temperature_max")
    rng.shuffle(specs)
    ident = sheet.pairs("model", "gtin")
    head = f'<div class="side"><div><div class="firm">{escape(sheet.text("product_name"))}{" " + model if not ident else ""}</div><div>{escape(draft.one("data.title"))}</div></div><div class="slim" style="text-align:right">{blocks.logo()}<br><b>{escape(maker.name)}</b></div></div>'
    form = rng.choice(["table", "right", "leader", "spec", "spec", "colon"])
    if form == "spec":
        body = "".join(f'<tr><td style="width:42%">{escape(label)}</td><td>{escape(value)}</td></tr>' for label, value in specs)
        spec = f'<table class="t"><tbody>{body}</tbody></table>'
    else:
        spec = blocks.pairs(specs, form)
    listed = blocks.heading(sheet.label("features")) + "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in chosen) + "</ul>"
    body = head + blocks.pairs(ident, rng.choice(["colon", "inline", "table"])) + (blocks.side(listed, spec) if draft.chance(0.35) else listed + spec)
    if draft.chance(0.6):
        rows = variants(draft, model)
        heads = [sheet.label(f"variants.{key}") for key in rows.columns]
        body += blocks.heading(sheet.label("variants")) + blocks.table(
            heads, "ll" + "r" * (len(heads) - 2), [[record[key].text for key in rows.columns] for record in rows.records]
        )
    note = draft.one("datasheet.note")
    return Page(
        body + blocks.pairs(sheet.pairs("revision"), "inline") + blocks.para(note, "tiny"),
        blocks.footer([[maker.name] + maker.place.lines, [maker.phone, maker.website]]),
    )


def variants(draft, model):
    rng, written = draft.rng, draft.written
    columns = ["order_code", "description"] + ["length"] * draft.chance(0.6) + ["pack_size"] * draft.chance(0.6) + ["unit_price"] * draft.chance(0.4)
    rows = draft.sheet.rows("variants", columns)
    for at in range(rng.randint(2, 7)):
        length, pack, price = Decimal(rng.choice([5, 10, 15, 20, 30, 50])) / 10, rng.choice([1, 5, 10, 20]), draft.price(20, 900)
        made = {
            "order_code": text("order_code", draft.number("######", "@##-####"), "id"),
            "description": text("description", " ".join([model, draft.one("data.colours")] + ([] if at else ["Pro"]))),
            "length": Fact("length", "number", length, written.number(length, 1)),
            "pack_size": Fact("pack_size", "count", pack, str(pack)),
            "unit_price": Fact("unit_price", "money", price, written.cell(price)),
        }
        rows.add(made)
    return rows


LINES = ["revenue", "cost", "gross", "operating_result", "net_income", "assets", "equity", "employees"]
OTHER = {"cost", "gross", "assets"}  # no schema asks for them


def financial(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    firm = world.company()
    sheet.put("company", firm.name)
    sheet.put("fiscal_year", draft.year, str(draft.year), "count")
    sheet.put("figure_unit", draft.one("data.scale").format(c=draft.currency), often=0.8)
    base = rng.randint(2000, 900000)
    part = {
        "revenue": 1.0,
        "cost": -0.62,
        "gross": 0.38,
        "operating_result": rng.uniform(-0.05, 0.15),
        "net_income": rng.uniform(-0.06, 0.1),
        "assets": 1.4,
        "equity": 0.5,
        "employees": 0.004,
    }
    count = rng.choice([2, 2, 3, 5])
    change = draft.chance(0.4) and count == 2
    rows = sheet.rows("figures", ["metric", "current_value", "prior_value"] + ["change_percent"] * change)
    lines = [key for key in LINES if key in ("revenue", "net_income") or draft.chance(0.75)]
    newest_first = draft.chance(0.75)
    shown = []
    for key in lines:
        values = [int(base * part[key] * rng.uniform(0.8, 1.2)) + 1 for _ in range(count)]
        name = draft.one(f"data.other.{key}") if key in OTHER else sheet.label(key)
        texts = [written.number(value, 0) for value in values]
        delta = Decimal(round((values[0] - values[1]) / abs(values[1]) * 100, 1)).quantize(Decimal("0.1")) if values[1] else Decimal(0)
        if key not in OTHER:
            sheet.put(key, values[0], texts[0], "count" if key == "employees" else "number", labelled=True)
        made = {
            "metric": text("metric", name),
            "current_value": Fact("current_value", "number", Decimal(values[0]), texts[0]),
            "prior_value": Fact("prior_value", "number", Decimal(values[1]), texts[1]),
            "change_percent": Fact("change_percent", "number", delta, written.number(delta, 1)),
        }
        rows.add(made)
        shown.append(
            [name]
            + (texts if newest_first else texts[::-1])
            + ([made["change_percent"].text + ("" if draft.language == "de" else " %")] if change else [])
        )
    for key in LINES:
        if key not in lines and key not in OTHER:
            sheet.put(key, None, kind="count" if key == "employees" else "number")
    years = [str(draft.year - at) for at in range(count)]
    heads = (
        [sheet.text("figure_unit") if draft.chance(0.5) else ""]
        + (years if newest_first else years[::-1])
        + ([sheet.label("figures.change_percent")] if change else [])
    )
    title = draft.one("financial.title").replace("{y}", str(draft.year))
    unit = f'<p class="tiny">({sheet.text("figure_unit")})</p>' if not heads[0] and sheet.has("figure_unit") else ""
    intro = draft.one("financial.intro")
    outlook = draft.one("financial.outlook")
    body = (
        f'<div class="firm">{escape(firm.name)}</div>'
        + blocks.title(title)
        + blocks.para(intro)
        + unit
        + blocks.table(heads, "l" + "r" * (len(heads) - 1), shown)
        + blocks.para(outlook)
    )
    return Page(body, layout=f"figures/{draft.look.rules}")
