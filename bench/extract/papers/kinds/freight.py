"""Shipping label, hotel and flight bookings."""

from datetime import timedelta
from decimal import Decimal
from html import escape

from ..draft import Page
from ..sheet import Fact, text
from .trade import sums


def bars(rng, height):
    at, out = 0, []
    while at < 260:
        width = rng.choice([1, 1, 2, 3])
        out.append(f'<rect x="{at}" y="0" width="{width}" height="{height}"/>')
        at += width + rng.choice([1, 1, 2, 3])
    return f'<svg width="100%" height="{height}pt" viewBox="0 0 260 {height}" preserveAspectRatio="none">{"".join(out)}</svg>'


def label(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    carrier, sender, person, home = world.company("freight"), world.company(), world.person(), world.place()
    sheet.put("carrier", carrier.name)
    number = draft.number("1Z@@@##########", "#### #### #### ####", "JJD############", "@@#########DE")
    sheet.id("tracking_number", number)
    sheet.party("sender", sender, 0.5, country=0.2)
    sheet.drop("sender.email", "sender.fax", "sender.website")
    sheet.put("recipient.name", person.name)
    sheet.place("recipient.address", home, 0.4)
    sheet.id("recipient.phone", world.phone(), 0.5)
    sheet.date("ship_date", draft.day, 0.85)
    sheet.put("service_level", draft.one("freight.services"), often=0.9)
    weight = Decimal(rng.randint(3, 310)) / 10
    sheet.number("weight", weight, unit="lbs" if world.country == "US" else "kg", places=rng.choice([1, 2]))
    if world.country == "US":
        sheet.facts["weight"].note = "number as printed, without the unit"
    pieces = rng.randint(1, 4)
    sheet.put("piece", f"{rng.randint(1, pieces)}/{pieces}", often=0.7)
    sheet.put(
        "dimensions", f"{rng.randint(10, 60)} x {rng.randint(10, 50)} x {rng.randint(5, 40)} " + ("in" if world.country == "US" else "cm"), often=0.4
    )
    sheet.id("reference", draft.number("ORD-#####", "######", "@@-####"), 0.6)
    sheet.money("cod_amount", draft.price(10, 200), 0.15)
    lines = lambda path, place: (
        sheet.lines(path, place) + [f"{one}: {two}" for one, two in sheet.contacts(path, "phone")]
        if f"{path}.phone" in sheet.facts
        else sheet.lines(path, place)
    )
    cell = "border:1pt solid #000;padding:.4em .6em"
    meta = sheet.pairs("ship_date", "weight", "piece", "dimensions", "reference", "cod_amount")
    sheet.facts["service_level"].labelled = False
    strip = f'<div style="{cell};display:flex;justify-content:space-between"><b>{escape(carrier.name)}</b><b>{escape(sheet.text("service_level"))}</b></div>'
    from_ = f'<div style="{cell}" class="tiny">{blocks.address(sheet.label("sender"), lines("sender", sender.place))}</div>'
    to = f'<div style="{cell};font-size:1.25em;font-weight:bold">{blocks.address(sheet.label("recipient"), lines("recipient", home))}</div>'
    code_label, code = sheet.pair("tracking_number")
    code = f'<div style="{cell};text-align:center">{blocks.label(code_label)} <b>{code}</b>{bars(rng, 46)}{code if draft.chance(0.5) else ""}</div>'
    body = (
        strip
        + (from_ + to if draft.chance(0.7) else f'<div class="side" style="margin:0;gap:0">{"<div>" + from_ + "</div><div>" + to + "</div>"}</div>')
        + blocks.pairs(meta, rng.choice(["boxes", "boxes", "above", "colon", "table"]))
        + code
    )
    draft.look.paging = ""
    draft.look.page, draft.look.margin, draft.look.size = (
        rng.choice(["100mm 150mm", "105mm 148mm", "4in 6in", "148mm 210mm"]),
        "5mm",
        min(draft.look.size, 9),
    )
    return Page(f'<div style="border:1.5pt solid #000">{body}</div>', layout=f"label/{draft.look.page}")


def clock(minutes):
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def flights(draft, rows, count):
    rng, written, towns = draft.rng, draft.written, [town[1] for town in draft.world.data["towns"]]
    names = rng.sample(towns, min(count + 1, len(towns)))
    for at in range(count):
        day = draft.later(20, 24) + timedelta(days=3 * at)
        leaves = rng.randint(6 * 60, 19 * 60) // 5 * 5
        made = {
            "flight": text("flight", draft.number("@@ ###", "@@####", "@@###"), "id"),
            "travel_date": Fact("travel_date", "date", day, written.date(day)),
            "origin": text("origin", names[at]),
            "destination": text("destination", names[at + 1]),
            "departs": Fact("departs", "time", clock(leaves), clock(leaves)),
            "arrives": Fact("arrives", "time", clock(leaves + 75), clock(leaves + 75)),
            "seat": text("seat", f"{rng.randint(1, 34)}{rng.choice('ABCDEF')}"),
            "cabin": text("cabin", draft.one("flights.cabin")),
        }
        rows.add(made)


def booking(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    firm, person, draft.tax = world.company("travel"), world.person(), draft.rate()
    air = draft.chance(0.5)
    sheet.party("supplier", firm, 0.8, tax=0.3)
    sheet.id("booking_reference", draft.number("@#@@#@", "@@@@@@", "########", "B-######"))
    sheet.date("booking_date_made", draft.day, 0.7)
    sheet.put("guest_name", person.name)
    sheet.id("guest_email", f"{world.slug(person.first)}.{world.slug(person.last)}@example.com", 0.5)
    price = draft.price(90, 1400)
    if air:
        rows = sheet.rows(
            "segments",
            ["flight", "travel_date", "origin", "destination", "departs", "arrives"] + ["seat"] * draft.chance(0.5) + ["cabin"] * draft.chance(0.4),
        )
        flights(draft, rows, rng.choice([1, 2, 2, 3, 4]))
        heads = [sheet.label(f"segments.{key}") for key in rows.columns]
        main = blocks.heading(sheet.label("segments")) + blocks.table(
            heads, "l" * len(heads), [[record[key].text for key in rows.columns] for record in rows.records]
        )
    else:
        arrive, nights = draft.later(10, 90), rng.randint(1, 9)
        sheet.date("check_in", arrive)
        sheet.date("check_out", arrive + timedelta(days=nights))
        sheet.count("nights", nights, 0.7)
        sheet.count("guests", rng.randint(1, 4), 0.8)
        sheet.put("room_type", draft.one("booking.room_type"), often=0.9)
        yes = draft.chance(0.6)
        sheet.put("breakfast", yes, draft.one("booking.breakfast") if yes else draft.one("booking.breakfast_2"), "flag", 0.6)
        facts = sheet.pairs("check_in", "check_out", "nights", "guests", "room_type", "breakfast")
        main = blocks.pairs(facts)
    pairs = sums(draft, price, paid=False)
    sheet.put("payment_method", draft.one("trade.methods"), often=0.5)
    title = draft.one("booking.ticket" if air and draft.chance(0.3) else "booking.title")
    hello = draft.one("booking.hello")
    ident = sheet.pairs("booking_reference", "booking_date_made", "guest_name", "guest_email")
    body = (
        draft.masthead("supplier", firm)
        + blocks.title(title)
        + blocks.para(hello)
        + blocks.pairs(ident, rng.choice(["boxes", "colon", "table", "above", "row", "leader"]))
        + main
        + blocks.totals(pairs)
        + blocks.pairs(sheet.pairs("payment_method"), "colon")
    )
    note = draft.one("booking.note")
    return Page(body + blocks.para(note, "tiny"), draft.imprint("supplier", firm), layout=f"{'flight' if air else 'hotel'}/{draft.look.name}")
