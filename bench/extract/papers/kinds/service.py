"""Utility bill and medical lab report."""

from datetime import timedelta
from decimal import Decimal

from ..draft import Page
from ..sheet import Fact, text
from ..written import cents
from ..words.clauses import ANALYTES


def charges(draft, consumption, unit):
    rng, written = draft.rng, draft.written
    full = draft.chance(0.6)
    rows = draft.sheet.rows("charges", ["item_text"] + (["quantity", "unit", "unit_price"] if full else []) + ["item_amount"], {"line_tax": "number"})
    net = Decimal(0)
    for at, name in enumerate(draft.all("service.charges")[: rng.randint(2, 5)]):
        quantity = Decimal(consumption if at in (1, 2, 4) else rng.choice([1, 30, 31, 365]))
        price = Decimal(rng.randint(500, 40000)) / 100000 if at in (1, 2, 4) else Decimal(rng.randint(20, 90)) / 100
        amount = cents(quantity * price)
        net += amount
        made = {
            "item_text": text("item_text", name),
            "quantity": Fact("quantity", "number", quantity, written.number(quantity)),
            "unit_price": Fact("unit_price", "number", price, written.number(price, max(2, -price.as_tuple().exponent))),
            "unit": text("unit", unit if at in (1, 2, 4) else draft.one("charges.unit")),
            "item_amount": Fact("item_amount", "money", amount, written.money(amount, "{n}")),
        }
        rows.add(made)
    return rows, net


def utility(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    firm, person, home, draft.tax = world.company("energy"), world.person(), world.place(), draft.rate()
    sheet.party("supplier", firm, 0.8, tax=0.5)
    sheet.put("customer.name", person.name)
    sheet.place("customer.address", home)
    sheet.id("customer_number", draft.number("########", "## ### ###", "K######"), 0.9)
    sheet.id("contract_number", draft.number("V-######", "#########", "CT####"), 0.6)
    sheet.id("bill_number", draft.number("R{y}#####", "##########", "{yy}-######"))
    sheet.date("bill_date", draft.day)
    sheet.date("due_date", draft.later(10, 30), 0.8)
    end = draft.day - timedelta(days=rng.randint(2, 20))
    start = end - timedelta(days=rng.choice([29, 30, 60, 90, 364]))
    sheet.date("period_start", start)
    sheet.date("period_end", end)
    sheet.id("meter_number", draft.number("########", "1@@########", "@#####"), 0.9)
    sheet.id("supply_point", draft.number("###########", "## ### ### ###") if world.country != "ES" else draft.number("ES00##############@@"), 0.5)
    sheet.put("tariff", draft.one("service.tariffs"), often=0.7)
    unit = rng.choice(["kWh", "kWh", "m³"])
    before = rng.randint(800, 60000)
    used = rng.randint(80, 4200)
    sheet.count("previous_reading", before, 0.8)
    sheet.count("current_reading", before + used, 1 if sheet.has("previous_reading") else 0)
    sheet.number("consumption", used, unit=unit)
    street = home.street if draft.chance(0.8) else world.place().street
    sheet.put("service_address", street, often=0.4, note="street and number only")
    rows, net = charges(draft, used, unit)
    tax = cents(net * draft.tax / 100)
    sheet.money("net_total", net, 0.8)
    sheet.money("tax_total", tax)
    sheet.put("tax_rate", draft.tax, written.percent(draft.tax), "number", 0.6)
    sheet.money("current_charges", net + tax, 0.0)
    owed = net + tax
    if sheet.money("previous_balance", draft.price(10, 200), 0.35):
        sheet.money("current_charges", net + tax)
        owed += sheet.facts["previous_balance"].value
    sheet.money("grand_total", owed)
    sheet.money("monthly_installment", Decimal(rng.randint(25, 190)), 0.35)
    sheet.put("payment_method", draft.one("trade.methods"), often=0.4)
    top = draft.masthead("supplier", firm)
    mail = blocks.address("", [f"{person.title} {person.name}"] + home.lines)
    ident = sheet.pairs("bill_number", "bill_date", "customer_number", "contract_number")
    supply = sheet.pairs("tariff", "meter_number", "supply_point", "service_address")
    if draft.chance(0.5):
        sheet.facts["period_start"].labelled = sheet.facts["period_end"].labelled = True
        said = draft.one("utility.period")
        supply.insert(0, (said, sheet.text("period_start") + rng.choice([" – ", " - ", draft.one("utility.until")]) + sheet.text("period_end")))
    else:
        supply = sheet.pairs("period_start", "period_end") + supply
    meter = sheet.pairs("previous_reading", "current_reading", "consumption")
    key = sheet.pairs("grand_total", "due_date")
    body = top + blocks.side(mail, blocks.pairs(ident, rng.choice(["table", "colon", "right"]))) + blocks.title(draft.one("service.bill"))
    if draft.chance(0.6):
        body += blocks.box(
            '<div class="side">'
            + "".join(f'<div>{blocks.label(label, False)}<br><span class="big">{value}</span></div>' for label, value in key)
            + "</div>",
            rng.choice(["box", "shade"]),
        )
    else:
        body += blocks.pairs(key)
    body += (
        blocks.side(blocks.pairs(supply, rng.choice(["table", "colon", "stack"])), blocks.pairs(meter, rng.choice(["table", "right", "stack"])))
        if draft.chance(0.5)
        else blocks.pairs(supply) + blocks.pairs(meter, rng.choice(["row", "boxes", "leader"]))
    )
    heads = [sheet.label(f"charges.{column}") for column in rows.columns]
    body += blocks.heading(sheet.label("charges")) + blocks.table(
        heads,
        ["l" if column in ("item_text", "unit") else "r" for column in rows.columns],
        [[record[column].text for column in rows.columns] for record in rows.records],
    )
    sums = sheet.pairs("net_total")
    label, value = sheet.pair("tax_total")
    if sheet.has("tax_rate"):
        label, sheet.facts["tax_rate"].labelled = f"{label} {sheet.text('tax_rate')}", True
    sums += [(label, value)] + sheet.pairs("current_charges", "previous_balance", "grand_total")
    body += blocks.totals(sums) + blocks.pairs(sheet.pairs("monthly_installment", "payment_method"), rng.choice(["colon", "table"]))
    note = draft.one("utility.note")
    return Page(body + blocks.para(note, "tiny"), draft.imprint("supplier", firm))


SEX = dict(en=("Female|F", "Male|M"), de=("weiblich|w", "männlich|m"), fr=("Féminin|F", "Masculin|M"), es=("Mujer|F", "Hombre|M"))


def results(draft):
    rng, written = draft.rng, draft.written
    flags = draft.chance(0.6)
    rows = draft.sheet.rows("results", ["test", "result"] + ["flag"] * flags + ["unit", "reference_range"])
    if draft.chance(0.25):
        rows.columns = ["test", "result", "unit", "reference_range"] + ["flag"] * flags
    dash = rng.choice([" - ", " – ", "-"])
    for names, unit, low, high, places in rng.sample(ANALYTES, rng.randint(4, 12)):
        small, large = Decimal(low), Decimal(high)
        spread = float(large - small)
        value = Decimal(str(round(rng.uniform(max(0.0, float(small) - 0.2 * spread), float(large) + 0.35 * spread), places)))
        mark = "L" if value < small else "H" if value > large else ""
        span = f"< {written.number(large, places)}" if small == 0 else f"{written.number(small, places)}{dash}{written.number(large, places)}"
        shown = draft.mark[mark] if mark else ""
        made = {
            "test": text("test", names.split("|")[("en", "de", "fr", "es").index(draft.language)]),
            "result": Fact("result", "number", value, written.number(value, places)),
            "unit": text("unit", unit),
            "reference_range": text("reference_range", span),
            "flag": Fact("flag", "text", shown or None, shown),
        }
        rows.add(made)
    return rows


def lab(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    firm, person, doctor = world.company("lab"), world.person(), world.person()
    draft.mark = (
        rng.choice([{"H": "H", "L": "L"}, {"H": "+", "L": "-"}, {"H": "↑", "L": "↓"}])
        if draft.look.font.startswith(("DejaVu", "Noto", "Liberation"))
        else {"H": "H", "L": "L"}
    )
    sheet.party("laboratory", firm, 0.7)
    sheet.put("patient_name", person.name if draft.chance(0.6) else f"{person.last}, {person.first}")
    sheet.date("birth_date", draft.later(-32000, -3000), form=written.date_form)
    sheet.put("sex", rng.choice(SEX[draft.language][person.title != world.names["titles"][1]].split("|")), often=0.7)
    sheet.id("patient_id", draft.number("########", "P-#####", "### ###"), 0.7)
    sheet.id("sample_id", draft.number("{yy}-######", "S########", "L{y}####"), 0.85)
    sheet.date("collected", draft.day)
    sheet.date("received", draft.later(0, 1), 0.5)
    sheet.date("reported", draft.later(1, 4))
    title = draft.one("lab.title")
    sheet.put("physician", f"{title} {doctor.name}", often=0.8)
    sheet.put("diagnosis", draft.one("lab.diagnosis"), often=0.4)
    rows = results(draft)
    ident = sheet.pairs("patient_name", "birth_date", "sex", "patient_id", "physician")
    meta = sheet.pairs("sample_id", "collected", "received", "reported", "diagnosis")
    top = draft.masthead("laboratory", firm)
    form = rng.choice(["table", "colon", "right"])
    block = (
        blocks.side(blocks.pairs(ident, form), blocks.pairs(meta, form))
        if draft.chance(0.55)
        else blocks.pairs(ident + meta, rng.choice(["boxes", "above", "table", "leader"]))
    )
    heads = [sheet.label(f"results.{key}") for key in rows.columns]
    lines = [[record[key].text for key in rows.columns] for record in rows.records]
    if len(lines) > 5 and draft.chance(0.5):
        groups = dict(en="HAEMATOLOGY|CHEMISTRY", de="Hämatologie|Klinische Chemie", fr="HÉMATOLOGIE|BIOCHIMIE", es="HEMATOLOGÍA|BIOQUÍMICA")[
            draft.language
        ].split("|")
        lines.insert(len(lines) // 2, ("section", groups[1]))
        lines.insert(0, ("section", groups[0]))
    body = (
        top
        + blocks.title(draft.one("service.lab"))
        + (blocks.box(block) if draft.chance(0.5) else block)
        + blocks.table(heads, ["r" if key == "result" else "c" if key == "flag" else "l" for key in rows.columns], lines)
    )
    sign = draft.one("lab.sign")
    note = draft.one("lab.note")
    return Page(body + blocks.para(f"{sign} {title} {world.person().name}") + blocks.para(note, "tiny"))
