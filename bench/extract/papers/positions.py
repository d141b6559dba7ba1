"""Positions of trade documents: their columns, records, printed table and carried sums."""

from decimal import Decimal

from .sheet import Fact, text
from .written import cents

WIDTHS = {
    "line_no": 5,
    "sku": 11,
    "description": 34,
    "quantity": 8,
    "unit": 7,
    "unit_price": 12,
    "line_discount": 8,
    "line_tax": 8,
    "amount": 13,
    "ordered": 10,
    "delivered": 10,
    "batch": 11,
    "delivery_date": 12,
}
RIGHT = {"quantity", "unit_price", "line_discount", "line_tax", "amount", "ordered", "delivered"}


def columns_of(draft, always, maybe):
    """Printed columns in a usual order."""
    order = [
        "line_no",
        "sku",
        "description",
        "batch",
        "delivery_date",
        "ordered",
        "delivered",
        "quantity",
        "unit",
        "unit_price",
        "line_discount",
        "line_tax",
        "amount",
    ]
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
        made = {
            "line_no": Fact("line_no", "count", at, rng.choice([str(at)]) if rows.columns else ""),
            "sku": text("sku", draft.number("@@-####", "####-##", "@####", "######", "@@####-@"), "id"),
            "description": text("description", name),
            "quantity": Fact("quantity", "number", quantity, written.number(quantity)),
            "unit": text("unit", draft.unit()),
            "unit_price": Fact("unit_price", "money", price, written.cell(price)),
            "amount": Fact("amount", "money", amount, written.cell(amount)),
            "line_discount": Fact("line_discount", "number", cut, f"{cut} %" if cut else ""),
            "line_tax": Fact("line_tax", "number", draft.tax, f"{written.number(draft.tax)} %"),
            "ordered": Fact("ordered", "count", int(quantity), written.number(int(quantity))),
            "delivered": Fact("delivered", "count", int(quantity), written.number(int(quantity))),
            "batch": text("batch", draft.number("L#####", "##@###"), "id"),
        }
        day = draft.later(5, 40)
        made["delivery_date"] = Fact("delivery_date", "date", day, written.date(day, written.short_date))
        if cut == 0:
            made["line_discount"].value = None
        if "delivered" in rows.columns and draft.chance(0.15):
            less = rng.randint(0, int(quantity))
            made["delivered"].value, made["delivered"].text = less, str(less)
        rows.add(made)
    return net


def listing(draft, pairs, subtotals=False):
    """The table of positions with its totals below it or in its last rows; a long one by chance over two pages with the sum carried."""
    blocks, records = draft.blocks, draft.sheet.facts["line_items"].records
    if len(records) > 18 and draft.chance(0.5) and "amount" in records[0]:
        at, said = draft.rng.randint(10, 15), draft.one("trade.carried")
        carried = ("sub", said, draft.written.cell(sum(record["amount"].value for record in records[:at])))
        table = (
            table_of(draft, "line_items", part=slice(0, at), extra=[carried])
            + '<div style="break-after:page"></div>'
            + table_of(draft, "line_items", part=slice(at, None), first=[carried])
        )
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
                out.append(("sub", draft.one("trade.subtotal"), draft.written.cell(running)))
                running = Decimal(0)
            out.append(("section", draft.one("trade.section") + f" {at // 4 + 1}"))
        out.append([record[key].text for key in rows.columns])
        if sections:
            running += record["amount"].value
    return blocks.table(heads, aligns, out + list(extra), widths if draft.wide else None)
