"""Invoice, purchase order and delivery note."""

from decimal import Decimal

from ..draft import Page
from ..positions import columns_of, lines_of, listing, table_of
from ..written import cents


def head(draft, kind, numbers, second=None):
    """Letterhead, title, buyer and numbers in one of several arrangements."""
    rng, sheet, blocks = draft.rng, draft.sheet, draft.blocks
    title = blocks.title(draft.one(f"trade.titles.{kind}"))
    top = draft.masthead("seller" if kind != "order" else "buyer", draft.seller if kind != "order" else draft.buyer)
    other, company = ("buyer", draft.buyer) if kind != "order" else ("seller", draft.seller)
    lines = sheet.lines(other, company.place)
    if sheet.has(f"{other}.vat_id"):
        lines.append(": ".join(sheet.pair(f"{other}.vat_id")))
    named = sheet.label(other) if kind == "order" or draft.chance(0.6) else ""
    address = blocks.address(named, lines, draft.chance(0.2))
    if draft.language == "de" and draft.chance(0.5):  # the sender in the window of the envelope
        firm = draft.seller if kind != "order" else draft.buyer
        address = f'<div class="tiny" style="text-decoration:underline">{firm.name} · {" · ".join(firm.place.lines)}</div>' + address
    places = [address]
    if second:
        places.append(blocks.address(sheet.label("ship_to"), second, draft.chance(0.2)))
    pairs = sheet.pairs(*numbers)
    rng.shuffle(pairs) if draft.chance(0.3) else None
    match rng.choice("ABCD"):
        case "A":
            return top + title + blocks.side(*places, blocks.pairs(pairs, "table" if draft.look.pairs in ("boxes", "row", "above") else None))
        case "B":
            return top + blocks.side(*places) + title + blocks.pairs(pairs)
        case "C":
            return blocks.side(top, title + blocks.pairs(pairs, rng.choice(["table", "right", "colon"]))) + blocks.side(*places)
    half = (len(pairs) + 1) // 2
    return top + title + blocks.side(*places) + blocks.side(blocks.pairs(pairs[:half], "table"), blocks.pairs(pairs[half:], "table"))


def sums(draft, net, paid=True):
    """Facts of the totals; gives back the printed pairs."""
    sheet, rng, rate = draft.sheet, draft.rng, draft.tax
    sheet.money("net_total", net, 0.92)
    pairs = sheet.pairs("net_total")
    if sheet.money("discount", cents(net * Decimal("0.05")), 0.15):
        net -= sheet.facts["discount"].value
        label, value = sheet.pair("discount")
        pairs.append((label, draft.written.signed(value) if draft.written.minus != "paren" else f"({value})"))
        sheet.facts["discount"].written, sheet.facts["discount"].note = [value], "positive, whatever sign is printed"
    if sheet.money("shipping_cost", draft.price(4, 60), 0.3):
        net += sheet.facts["shipping_cost"].value
        pairs += sheet.pairs("shipping_cost")
    tax = cents(net * rate / 100)
    sheet.money("tax_total", tax, 0.95)
    sheet.put("tax_rate", rate, draft.written.percent(rate), "number", 0.8)
    if sheet.has("tax_total"):
        label, value = sheet.pair("tax_total")
        if sheet.has("tax_rate"):
            sheet.facts["tax_rate"].labelled = True
            label = rng.choice([f"{label} {sheet.text('tax_rate')}", f"{label} ({sheet.text('tax_rate')})", f"{sheet.text('tax_rate')} {label}"])
        pairs.append((label, value))
    else:
        sheet.facts["tax_rate"].value = None
    total = net + tax
    sheet.money("grand_total", total)
    part = paid and draft.chance(0.12)
    if part:  # what is due then is the balance, not the total
        sheet.labels["grand_total"] = draft.one("trade.whole")
    pairs += sheet.pairs("grand_total")
    if part and sheet.money("amount_paid", cents(total * Decimal(rng.choice(["0.2", "0.3", "0.5"])))):
        sheet.money("balance", total - sheet.facts["amount_paid"].value)
        pairs += sheet.pairs("amount_paid", "balance")
    sheet.put("currency", draft.currency, written=[draft.currency, {"USD": "$", "EUR": "€", "GBP": "£"}.get(draft.currency, draft.currency)])
    if draft.written.money_form == "{n}":
        sheet.drop("currency")
    return pairs


def terms(draft):
    days = draft.rng.choice([7, 10, 14, 14, 30, 30, 45, 60])
    return days, draft.one("trade.terms").format(days=days)


def invoice(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    draft.seller, draft.buyer, draft.tax = world.company(), world.company(), draft.rate()
    sheet.id("invoice_number", draft.number("{y}-####", "RE-{y}-###", "######", "INV-#####", "{yy}/####", "@@{yy}-#####", "F{y}####"))
    sheet.date("invoice_date", draft.day)
    days, said = terms(draft)
    sheet.date("due_date", draft.later(days, days), 0.6)
    sheet.date("delivery_date", draft.later(-12, -1), 0.35)
    sheet.id("customer_number", draft.number("#####", "K-####", "C######", "1####"), 0.6)
    sheet.id("order_number", draft.number("A######", "{yy}-#####", "#######"), 0.4)
    sheet.id("po_number", draft.number("PO-####", "45########", "B-#####"), 0.3)
    sheet.id("delivery_note_number", draft.number("LS-#####", "DN####", "8#######"), 0.2)
    sheet.put("contact", world.person().name, often=0.3)
    sheet.party("seller", draft.seller, 0.7, tax=0.8, bank=0.6)
    sheet.party("buyer", draft.buyer, 0, tax=0.25)
    sheet.drop("buyer.registration_number")
    rows = sheet.rows(
        "line_items",
        columns_of(
            draft,
            ["description", "amount"],
            {"line_no": 0.5, "sku": 0.5, "quantity": 0.9, "unit": 0.35, "unit_price": 0.85, "line_discount": 0.15, "line_tax": 0.25},
        ),
        {"batch": "id"},
    )
    net = lines_of(
        draft, rows, rng.choice(["office", "tools", "service"]), rng.choice([1, 2, 3, 3, 4, 5, 6, 8, 10, 14, 30] if draft.chance(0.9) else [42])
    )
    pairs = sums(draft, net)
    sheet.put("payment_terms", said, often=0.5)
    sheet.put("payment_method", draft.one("trade.methods"), often=0.4)
    numbers = [
        "invoice_number",
        "invoice_date",
        "due_date",
        "delivery_date",
        "customer_number",
        "order_number",
        "po_number",
        "delivery_note_number",
        "contact",
    ]
    body = head(draft, "invoice", numbers) + listing(draft, pairs, draft.chance(0.2))
    if draft.chance(0.25) and sheet.has("tax_total"):
        body += tax_summary(draft)
    rest = sheet.pairs("payment_terms", "payment_method")
    if sheet.has("seller.iban") and draft.chance(0.5):
        rest += sheet.contacts("seller", "bank_name", "iban", "bic")
    body += blocks.pairs(rest, rng.choice(["colon", "table"])) + draft.stamp() + blocks.para(draft.greeting(), "tiny")
    return Page(body + draft.terms(), draft.imprint("seller", draft.seller))


def tax_summary(draft):
    sheet, written = draft.sheet, draft.written
    tax, total = sheet.facts["tax_total"].value, sheet.facts["grand_total"].value
    heads = [sheet.label("tax_rate"), draft.one("trade.base"), sheet.label("tax_total"), draft.one("trade.gross")]
    return f'<div style="width:60%">{draft.blocks.table(heads, "rrrr", [[f"{written.number(draft.tax)} %", written.cell(total - tax), written.cell(tax), written.cell(total)]])}</div>'


def order(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    draft.seller, draft.buyer, draft.tax = world.company(), world.company(), draft.rate()
    sheet.id("po_number", draft.number("PO-####", "45########", "PO{y}-####", "B{yy}#####", "######"))
    sheet.date("order_date", draft.day)
    sheet.date("delivery_date", draft.later(5, 50), 0.7)
    sheet.id("reference", draft.number("Q-####", "AN-{y}-###", "@@@###"), 0.35)
    sheet.id("customer_number", draft.number("#####", "C-####"), 0.3)
    sheet.put("contact", world.person().name, often=0.5)
    sheet.party("buyer", draft.buyer, 0.6, tax=0.4)
    sheet.party("seller", draft.seller, 0)
    sheet.put("payment_terms", terms(draft)[1], often=0.6)
    sheet.put("incoterm", rng.choice(["DAP", "FCA", "EXW", "CPT", "DDP"]) + " " + draft.buyer.place.city, often=0.4)
    second = None
    if draft.chance(0.45):
        where = world.place()
        sheet.put("ship_to.name", draft.buyer.name)
        sheet.place("ship_to.address", where)
        second = [draft.buyer.name] + where.lines
    rows = sheet.rows(
        "line_items",
        columns_of(
            draft, ["description", "quantity"], {"line_no": 0.6, "sku": 0.7, "unit": 0.6, "unit_price": 0.85, "amount": 0.85, "delivery_date": 0.2}
        ),
        {"line_discount": "number"},
    )
    net = lines_of(draft, rows, rng.choice(["office", "tools", "tools"]), rng.choice([1, 2, 3, 4, 5, 7, 9, 12, 16, 35]))
    numbers = ["po_number", "order_date", "delivery_date", "reference", "customer_number", "contact"]
    pairs = sums(draft, net, paid=False) if "amount" in rows.columns else []
    body = head(draft, "order", numbers, second) + listing(draft, pairs)
    body += blocks.pairs(sheet.pairs("payment_terms", "incoterm"), rng.choice(["colon", "table", "stack"]))
    body += blocks.para(draft.one("order.note"), "tiny")
    sign = draft.one("order.sign")
    foot = draft.imprint("buyer", draft.buyer) if draft.chance(0.6) else ""
    if not foot:
        sheet.drop("buyer.vat_id", "buyer.registration_number")
    return Page(body + f'<p style="margin-top:3em">______________________<br>{sign}</p>' + draft.terms(), foot)


def delivery(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    draft.seller, draft.buyer, draft.tax = world.company(), world.company(), draft.rate()
    sheet.id("delivery_note_number", draft.number("LS-#####", "DN{yy}####", "8#######", "{y}/####"))
    sheet.date("delivery_date", draft.day)
    sheet.id("order_number", draft.number("A######", "{yy}-#####"), 0.7)
    sheet.date("order_date", draft.later(-20, -3), 0.4)
    sheet.id("po_number", draft.number("PO-####", "45########"), 0.4)
    sheet.id("customer_number", draft.number("#####", "K-####"), 0.6)
    sheet.put("carrier", world.company("freight").name, often=0.6)
    packages = rng.randint(1, 14)
    sheet.count("packages", packages, 0.6)
    sheet.number("weight", Decimal(rng.randint(20, 9000)) / 10, 0.6, unit="kg")
    sheet.put("incoterm", rng.choice(["DAP", "FCA", "EXW"]) + " " + draft.buyer.place.city, often=0.25)
    sheet.party("seller", draft.seller, 0.7, tax=0.4)
    sheet.party("buyer", draft.buyer, 0)
    rows = sheet.rows(
        "line_items",
        columns_of(
            draft, ["description"] + rng.choice([["quantity"], ["ordered", "delivered"]]), {"line_no": 0.6, "sku": 0.8, "unit": 0.5, "batch": 0.35}
        ),
        {"amount": "money", "unit_price": "money"},
    )
    lines_of(draft, rows, rng.choice(["office", "tools"]), rng.choice([1, 2, 3, 4, 6, 8, 11, 15, 32]))
    numbers = ["delivery_note_number", "delivery_date", "order_number", "order_date", "po_number", "customer_number"]
    tail = sheet.pairs("carrier", "incoterm", "packages", "weight")
    before, after = (blocks.pairs(tail, "row"), "") if draft.chance(0.3) else ("", blocks.pairs(tail, rng.choice(["table", "colon", "boxes"])))
    body = head(draft, "delivery", numbers) + before + table_of(draft, "line_items") + after
    sign = draft.one("delivery.sign")
    return Page(
        body + f'<p style="margin-top:3em">______________________________<br><span class="tiny">{sign}</span></p>',
        draft.imprint("seller", draft.seller),
    )
