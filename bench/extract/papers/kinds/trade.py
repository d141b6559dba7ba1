"""Invoice, purchase order and delivery note."""
from decimal import Decimal

from ..draft import Page
from ..sheet import Fact
from ..written import cents

TITLES = {"invoice": dict(en="Invoice|INVOICE|Tax Invoice|Invoice", de="Rechnung|RECHNUNG|Rechnung", fr="Facture|FACTURE|Facture", es="Factura|FACTURA|Factura"),
          "order": dict(en="Purchase Order|PURCHASE ORDER|Order", de="Bestellung|Auftrag|BESTELLUNG", fr="Bon de commande|BON DE COMMANDE|Commande", es="Orden de compra|Pedido|ORDEN DE COMPRA"),
          "delivery": dict(en="Delivery Note|Packing Slip|Despatch Note", de="Lieferschein|LIEFERSCHEIN", fr="Bon de livraison|BON DE LIVRAISON", es="Albarán|Nota de entrega|ALBARÁN")}
WIDTHS = {"line_no": 5, "sku": 11, "description": 34, "quantity": 8, "unit": 7, "unit_price": 12, "line_discount": 8, "line_tax": 8, "amount": 13,
          "ordered": 10, "delivered": 10, "batch": 11, "delivery_date": 12}
RIGHT = {"quantity", "unit_price", "line_discount", "line_tax", "amount", "ordered", "delivered"}


def columns_of(draft, always, maybe):
    """Printed columns in a usual order."""
    order = ["line_no", "sku", "description", "batch", "delivery_date", "ordered", "delivered", "quantity", "unit", "unit_price", "line_discount", "line_tax", "amount"]
    if draft.chance(0.2):
        order.remove("quantity")
        order.insert(draft.rng.choice([0, 1]), "quantity")
    chosen = set(always) | {key for key, share in maybe.items() if draft.chance(share)}
    return [key for key in order if key in chosen]


def lines_of(draft, rows, theme, count):
    """Records of goods; gives back the net total."""
    rng, written, net = draft.rng, draft.written, Decimal(0)
    whole = theme != "service"
    for at, name in enumerate(draft.goods(theme, count), 1):
        quantity = Decimal(rng.choice([1, 1, 2, 3, 4, 5, 10, 12, 25, 100])) if whole or draft.chance(0.5) else Decimal(rng.randint(2, 60)) / 4
        price = draft.price(*rng.choice([(1, 20), (5, 120), (50, 900)] if whole else [(40, 140), (60, 900)]))
        cut = Decimal(rng.choice([0, 0, 5, 10, 15])) if "line_discount" in rows.columns else Decimal(0)
        amount = cents(quantity * price * (1 - cut / 100))
        net += amount
        made = {"line_no": Fact("line_no", "count", at, rng.choice([str(at)]) if rows.columns else ""), "sku": text("sku", draft.number("@@-####", "####-##", "@####", "######", "@@####-@"), "id"),
                "description": text("description", name), "quantity": Fact("quantity", "number", quantity, written.number(quantity)), "unit": text("unit", draft.unit()),
                "unit_price": Fact("unit_price", "money", price, written.cell(price)), "amount": Fact("amount", "money", amount, written.cell(amount)),
                "line_discount": Fact("line_discount", "number", cut, f"{cut} %" if cut else ""), "line_tax": Fact("line_tax", "number", draft.tax, f"{written.number(draft.tax)} %"),
                "ordered": Fact("ordered", "count", int(quantity), written.number(int(quantity))), "delivered": Fact("delivered", "count", int(quantity), written.number(int(quantity))),
                "batch": text("batch", draft.number("L#####", "##@###"), "id")}
        day = draft.later(5, 40)
        made["delivery_date"] = Fact("delivery_date", "date", day, written.date(day, written.short_date))
        if cut == 0:
            made["line_discount"].value = None
        if "delivered" in rows.columns and draft.chance(0.15):
            less = rng.randint(0, int(quantity))
            made["delivered"].value, made["delivered"].text = less, str(less)
        for fact in made.values():
            fact.written = [fact.text]
        rows.records.append({key: made[key] for key in rows.columns})
    return net


def text(path, value, kind="text"):
    return Fact(path, kind, value, value, [value])


CARRIED = dict(en="Carried forward|Page total carried over", de="Übertrag", fr="Report|À reporter", es="Suma y sigue|Suma anterior")


def listing(draft, pairs, subtotals=False):
    """The table of positions with its totals below it or in its last rows; a long one by chance over two pages with the sum carried."""
    blocks, records = draft.blocks, draft.sheet.facts["line_items"].records
    if len(records) > 18 and draft.chance(0.5) and "amount" in records[0]:
        at, said = draft.rng.randint(10, 15), draft.one(**CARRIED)
        carried = ("sub", said, draft.written.cell(sum(record["amount"].value for record in records[:at])))
        table = table_of(draft, "line_items", part=slice(0, at), extra=[carried]) + '<div style="break-after:page"></div>' + table_of(draft, "line_items", part=slice(at, None), first=[carried])
    elif draft.look.totals == "rows" and pairs:
        return table_of(draft, "line_items", subtotals, extra=[("foot", *pair) for pair in pairs])
    else:
        table = table_of(draft, "line_items", subtotals)
    strong = next((at for at, pair in enumerate(pairs) if pair[1] == draft.sheet.text("grand_total")), -1)
    return table + (blocks.totals(pairs, strong) if pairs else "")


def table_of(draft, path, subtotals=False, extra=(), first=(), part=slice(None)):
    """The printed table of rows, or of a part of them."""
    rows, sheet, blocks = draft.sheet.facts[path], draft.sheet, draft.blocks
    heads = [sheet.label(f"{path}.{key}") for key in rows.columns]
    aligns = ["r" if key in RIGHT else "c" if key in ("line_no", "unit") else "l" for key in rows.columns]
    share = sum(WIDTHS.get(key, 12) for key in rows.columns)
    widths = [f"{100 * WIDTHS.get(key, 12) / share:.1f}%" for key in rows.columns]
    out, running = list(first), Decimal(0)
    sections = subtotals and len(rows.records) >= 6 and "amount" in rows.columns
    for at, record in enumerate(rows.records[part]):
        if sections and at % 4 == 0:
            if at:
                out.append(("sub", draft.one(en="Subtotal|Sum of section", de="Zwischensumme|Summe Abschnitt", fr="Sous-total", es="Subtotal|Suma parcial"), draft.written.cell(running)))
                running = Decimal(0)
            out.append(("section", draft.one(en="Section|Lot", de="Abschnitt|Los", fr="Lot|Section", es="Capítulo|Lote") + f" {at // 4 + 1}"))
        out.append([record[key].text for key in rows.columns])
        if sections:
            running += record["amount"].value
    return blocks.table(heads, aligns, out + list(extra), widths if draft.wide else None)


def head(draft, kind, numbers, second=None):
    """Letterhead, title, buyer and numbers in one of several arrangements."""
    rng, sheet, blocks = draft.rng, draft.sheet, draft.blocks
    title = blocks.title(draft.one(**TITLES[kind]))
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
        sheet.facts["discount"].written = [value]
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
        sheet.labels["grand_total"] = draft.one(en="Total|Grand total|Invoice total", de="Gesamtbetrag|Rechnungsbetrag|Brutto", fr="Total TTC|Montant TTC", es="Total|Importe total|Total factura")
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
    text = draft.one(en=f"{days} days net|Net {days} days|Payable within {days} days", de=f"{days} Tage netto|Zahlbar innerhalb von {days} Tagen ohne Abzug|Netto {days} Tage",
                     fr=f"{days} jours fin de mois|Paiement à {days} jours|{days} jours nets", es=f"{days} días fecha factura|Pago a {days} días|Neto a {days} días")
    return days, text


METHODS = dict(en="Bank transfer|Direct debit|Credit card", de="Überweisung|Lastschrift|Kreditkarte", fr="Virement bancaire|Prélèvement|Carte bancaire", es="Transferencia bancaria|Domiciliación|Tarjeta de crédito")


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
    rows = sheet.rows("line_items", columns_of(draft, ["description", "amount"], {"line_no": .5, "sku": .5, "quantity": .9, "unit": .35, "unit_price": .85, "line_discount": .15, "line_tax": .25}), {"batch": "id"})
    net = lines_of(draft, rows, rng.choice(["office", "tools", "service"]), rng.choice([1, 2, 3, 3, 4, 5, 6, 8, 10, 14, 30] if draft.chance(0.9) else [42]))
    pairs = sums(draft, net)
    sheet.put("payment_terms", said, often=0.5)
    sheet.put("payment_method", draft.one(**METHODS), often=0.4)
    numbers = ["invoice_number", "invoice_date", "due_date", "delivery_date", "customer_number", "order_number", "po_number", "delivery_note_number", "contact"]
    body = head(draft, "invoice", numbers) + listing(draft, pairs, draft.chance(0.2))
    if draft.chance(0.25) and sheet.has("tax_total"):
        body += tax_summary(draft)
    rest = sheet.pairs("payment_terms", "payment_method")
    if sheet.has("seller.iban") and draft.chance(0.5):
        rest += sheet.contacts("seller", "bank_name", "iban", "bic")
    body += blocks.pairs(rest, rng.choice(["colon", "table"])) + draft.stamp() + blocks.para(draft.greeting(), "tiny")
    return Page(body, draft.imprint("seller", draft.seller))


def tax_summary(draft):
    sheet, written = draft.sheet, draft.written
    tax, total = sheet.facts["tax_total"].value, sheet.facts["grand_total"].value
    heads = [sheet.label("tax_rate"), draft.one(en="Net|Base", de="Netto|Bemessung", fr="Base HT|Base", es="Base|Base imp."), sheet.label("tax_total"), draft.one(en="Gross", de="Brutto", fr="TTC", es="Total")]
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
    rows = sheet.rows("line_items", columns_of(draft, ["description", "quantity"], {"line_no": .6, "sku": .7, "unit": .6, "unit_price": .85, "amount": .85, "delivery_date": .2}), {"line_discount": "number"})
    net = lines_of(draft, rows, rng.choice(["office", "tools", "tools"]), rng.choice([1, 2, 3, 4, 5, 7, 9, 12, 16, 35]))
    numbers = ["po_number", "order_date", "delivery_date", "reference", "customer_number", "contact"]
    pairs = sums(draft, net, paid=False) if "amount" in rows.columns else []
    body = head(draft, "order", numbers, second) + listing(draft, pairs)
    body += blocks.pairs(sheet.pairs("payment_terms", "incoterm"), rng.choice(["colon", "table", "stack"]))
    body += blocks.para(draft.one(en="Please confirm this order within three working days.|Deliveries Monday to Friday 7 am to 3 pm.", de="Bitte bestätigen Sie die Bestellung innerhalb von drei Werktagen.|Warenannahme Mo–Fr 7 bis 15 Uhr.",
                                  fr="Merci de confirmer cette commande sous trois jours ouvrés.|Réception du lundi au vendredi de 7 h à 15 h.", es="Rogamos confirmen el pedido en tres días laborables.|Recepción de lunes a viernes de 7 a 15 h."), "tiny")
    sign = draft.one(en="Authorised signature", de="Unterschrift", fr="Signature", es="Firma autorizada")
    foot = draft.imprint("buyer", draft.buyer) if draft.chance(0.6) else ""
    if not foot:
        sheet.drop("buyer.vat_id", "buyer.registration_number")
    return Page(body + f'<p style="margin-top:3em">______________________<br>{sign}</p>', foot)


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
    rows = sheet.rows("line_items", columns_of(draft, ["description"] + rng.choice([["quantity"], ["ordered", "delivered"]]), {"line_no": .6, "sku": .8, "unit": .5, "batch": .35}), {"amount": "money", "unit_price": "money"})
    lines_of(draft, rows, rng.choice(["office", "tools"]), rng.choice([1, 2, 3, 4, 6, 8, 11, 15, 32]))
    numbers = ["delivery_note_number", "delivery_date", "order_number", "order_date", "po_number", "customer_number"]
    tail = sheet.pairs("carrier", "incoterm", "packages", "weight")
    before, after = (blocks.pairs(tail, "row"), "") if draft.chance(0.3) else ("", blocks.pairs(tail, rng.choice(["table", "colon", "boxes"])))
    body = head(draft, "delivery", numbers) + before + table_of(draft, "line_items") + after
    sign = draft.one(en="Received in good order, date and signature", de="Ware ordnungsgemäß erhalten, Datum und Unterschrift", fr="Reçu en bon état, date et signature", es="Recibido conforme, fecha y firma")
    return Page(body + f'<p style="margin-top:3em">______________________________<br><span class="tiny">{sign}</span></p>', draft.imprint("seller", draft.seller))
