"""Receipt from a till: a narrow roll or a small sheet."""

from decimal import Decimal
from html import escape

from ..draft import Page
from ..sheet import Fact, text
from ..written import cents


def row(left, right, strong=False):
    weight = ' style="font-weight:bold;font-size:1.15em"' if strong else ""
    return f'<div class="side" style="margin:0"{weight}><div{weight}>{escape(left)}</div><div class="slim r"{weight}>{escape(right)}</div></div>'


def goods_of(draft, rows, count):
    total, written = Decimal(0), draft.written
    for name in draft.goods("food", count):
        quantity = draft.rng.choice([1, 1, 1, 2, 3, 4])
        price = draft.price(0.5, 12)
        amount = cents(quantity * price)
        total += amount
        made = {
            "description": text("description", name.upper() if draft.upper else name),
            "quantity": Fact("quantity", "count", quantity, str(quantity)),
            "unit_price": Fact("unit_price", "money", price, written.money(price, "{n}")),
            "amount": Fact("amount", "money", amount, written.money(amount, "{n}")),
        }
        rows.add(made)
    return total


def printed_goods(draft, rows):
    """Lines as a till prints them: quantity and price before, behind or under the name."""
    form, out = draft.form, []
    for record in rows.records:
        name, amount = record["description"].text, record["amount"].text
        if form == "plain":
            out.append(row(name, amount))
        elif form == "table":
            continue
        else:
            times = draft.rng.choice(["x", "x", "×"]) if not out else draft.times
            draft.times = times
            many = f'{record["quantity"].text} {times} {record["unit_price"].text}' if "unit_price" in record else ""
            out.append(
                row(name, "") + row(f"   {many}", amount)
                if form == "under"
                else row(f'{record["quantity"].text} {times} {name}', amount) if form == "before" else row(f"{name}  {many}", amount)
            )
    if form == "table":
        heads = [draft.sheet.label(f"line_items.{key}") for key in rows.columns]
        return draft.blocks.table(
            heads,
            ["l" if key == "description" else "r" for key in rows.columns],
            [[record[key].text for key in rows.columns] for record in rows.records],
        )
    return "".join(out)


def receipt(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    shop, rate = world.company("shop"), draft.rate()
    draft.upper, draft.form = draft.chance(0.3), rng.choice(["plain", "under", "before", "behind", "table"])
    roll = draft.chance(0.7)
    sheet.put("seller.name", shop.name)
    sheet.place("seller.address", shop.place)
    sheet.id("seller.phone", shop.phone, 0.7)
    sheet.id("seller.vat_id", shop.vat_id, 0.6)
    sheet.id("seller.website", shop.website, 0.3)
    sheet.id("receipt_number", draft.number("####", "######", "##-####-###", "{y}/#####"))
    sheet.date("purchase_date", draft.day, form=written.short_date)
    clock = f"{rng.randint(8, 20):02}:{rng.randint(0, 59):02}"
    sheet.put("time", clock, clock + rng.choice(["", "", f":{rng.randint(0, 59):02}"]), "time", 0.8)
    sheet.put("cashier", rng.choice([world.person().first, world.person().name]), often=0.5)
    sheet.id("register", str(rng.randint(1, 14)), 0.5)
    columns = {"plain": ["description", "amount"], "before": ["quantity", "description", "amount"]}.get(
        draft.form, ["description", "quantity", "unit_price", "amount"]
    )
    rows = sheet.rows("line_items", columns, {"sku": "id"})
    total = goods_of(draft, rows, rng.choice([1, 2, 3, 4, 5, 6, 8, 10, 14]))
    american = world.country == "US"
    tax = cents(total * rate / 100) if american else cents(total * rate / (100 + rate))
    sheet.money("net_total", total if american else total - tax, 0.5 if not american else 1)
    sheet.money("tax_total", tax, 0.85 if not american else 1)
    grand = total + tax if american else total
    sheet.money("grand_total", grand)
    method = rng.choice(["card", "card", "cash"])
    sheet.facts["payment_method"] = Fact(
        "payment_method", "choice", method, draft.one(f"till.methods.{method}"), options=("cash", "card", "voucher", "other")
    )
    sheet.facts["payment_method"].written = [sheet.text("payment_method")]
    paying = []
    if method == "card":
        last = world.number("####")
        sheet.put(
            "card_last4",
            last,
            rng.choice(["**** **** **** ", "XXXX-XXXX-XXXX-", "############", "•••• ", "************"]) + last,
            "id",
            0.8,
            written=[last],
        )
        paying = [(sheet.text("payment_method"), sheet.text("grand_total"))] + sheet.pairs("card_last4")
        sheet.put("tendered", None, kind="money"), sheet.put("change", None, kind="money")
    else:
        given = Decimal(int(grand / 10) * 10 + rng.choice([10, 20]))
        sheet.money("tendered", given)
        sheet.money("change", given - grand)
        paying = [(sheet.text("payment_method"), sheet.text("tendered"))] + sheet.pairs("change")
        sheet.facts["tendered"].labelled = True
        sheet.put("card_last4", None, kind="id")
    sheet.put("currency", draft.currency, written=[draft.currency, {"USD": "$", "EUR": "€", "GBP": "£"}.get(draft.currency, draft.currency)])
    if sheet.text("grand_total") == written.number(grand, 2):
        sheet.facts["currency"].value, sheet.facts["currency"].written = None, []
    line = '<div style="border-top:.8pt dashed #333;margin:.5em 0"></div>'
    title = rng.choice(draft.all("till.title")).strip()
    meta = sheet.pairs("receipt_number", "purchase_date", "time", "cashier", "register")
    contact = [f"{label}: {value}" for label, value in sheet.contacts("seller", "phone", "vat_id", "website")]
    head = (
        f'<div class="{"c" if draft.chance(0.7) else ""}"><div class="firm">{escape(shop.name)}</div>'
        + "<br>".join(escape(one) for one in shop.place.lines + contact)
        + "</div>"
    )
    meta_block = (
        blocks.pairs(meta, rng.choice(["colon", "right", "inline", "table"]))
        if draft.chance(0.7)
        else "".join(row(f"{label}{draft.look.suffix}", value) for label, value in meta)
    )
    sums = sheet.pairs("net_total", "tax_total") if american or draft.chance(0.4) else []
    body = head + line + (f'<div class="c"><b>{title}</b></div>' if title else "") + meta_block + line + printed_goods(draft, rows) + line
    body += (
        "".join(row(label, value) for label, value in sums)
        + row(*sheet.pair("grand_total"), strong=True)
        + "".join(row(label, value) for label, value in paying)
    )
    if not sums and not american:
        inner = sheet.pairs("tax_total", "net_total")
        body += line + "".join(row(f"{written.number(rate)}% {label}", value) for label, value in inner)
    body += line + f'<div class="c">{escape(rng.choice(draft.all("till.thanks")))}</div>'
    draft.look.paging = ""
    draft.look.margin = "6mm 6mm 8mm" if roll else "16mm"
    if roll:
        draft.look.page, draft.look.size = f"{rng.choice([72, 80, 90])}mm {118 + 11 * len(rows.records) + rng.randint(0, 20)}mm", min(
            draft.look.size, 8.5
        )
        draft.look.font = rng.choice(["Liberation Mono", "Liberation Sans", draft.look.font])
    else:
        body = f'<div style="width:{rng.choice([60, 75, 100])}%">{body}</div>'
    return Page(body, layout=f"{'roll' if roll else 'sheet'}/{draft.form}", rules="" if draft.form == "table" else "no table")
