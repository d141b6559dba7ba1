"""Bank statement."""

from datetime import timedelta
from decimal import Decimal

from .. import ids
from ..draft import Page
from ..sheet import Fact, text

INCOMING = {3, 6, 8}


def bookings(draft, rows, count, opening):
    """Records in order of their dates; gives back (in, out, closing)."""
    rng, written, world = draft.rng, draft.written, draft.world
    texts, balance, coming, going = draft.all("bank.purposes"), opening, Decimal(0), Decimal(0)
    days = sorted(rng.randint(0, 28) for _ in range(count))
    for offset in days:
        at = rng.randrange(len(texts))
        name = texts[at].format(
            shop=world.company("shop").name, firm=world.company("energy").name, city=world.place().city, person=world.person().name
        )
        amount = draft.price(*(rng.choice([(20, 600), (900, 3500)]) if at in INCOMING else (3, 400)))
        signed = amount if at in INCOMING else -amount
        balance += signed
        coming, going = (coming + amount, going) if signed > 0 else (coming, going + amount)
        day = draft.start + timedelta(days=offset)
        later = day + timedelta(days=rng.choice([0, 0, 1]))
        made = {
            "booking_date": Fact("booking_date", "date", day, written.date(day, draft.row_date)),
            "value_date": Fact("value_date", "date", later, written.date(later, draft.row_date)),
            "text": text("text", name),
            "reference": text("reference", draft.number("######", "@@####", "########"), "id"),
            "money_out": Fact("money_out", "money", None if signed > 0 else amount, "" if signed > 0 else written.money(amount, "{n}")),
            "money_in": Fact("money_in", "money", amount if signed > 0 else None, written.money(amount, "{n}") if signed > 0 else ""),
            "signed_amount": Fact("signed_amount", "money", signed, ("+" if draft.plus and signed > 0 else "") + written.money(signed, "{n}")),
            "running_balance": Fact("running_balance", "money", balance, written.money(balance, "{n}")),
        }
        rows.add(made)
    return coming, going, balance


def statement(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    bank, holder = world.company("insurance"), world.person()
    bank.name = bank.bank
    draft.start = draft.day.replace(day=1)
    end = draft.start + timedelta(days=29)
    draft.plus, draft.row_date = draft.chance(0.3), rng.choice([written.short_date, written.date_form])
    sheet.put("bank_name", bank.bank)
    sheet.put("account_holder", holder.name)
    home = world.place()
    sheet.place("address", home)
    sheet.id("account_number", draft.number("#########", "#### #### ##", "########"), 0.8)
    if world.country != "US":
        sheet.id("iban", ids.iban(rng, world.country), 0.8)
        sheet.id("bic", ids.bic(rng, world.country), 0.5)
    sheet.id("sort_code", draft.number("##-##-##", "### ### ##", "#########"), 0.4)
    sheet.id("statement_number", draft.number("#", "##", "{y}/##", "00#"), 0.7)
    sheet.date("statement_date", end + timedelta(days=rng.randint(0, 3)), 0.8)
    together = draft.chance(0.5)
    sheet.date("period_start", draft.start, 0.85)
    sheet.date("period_end", end, 1 if sheet.has("period_start") else 0)
    opening = draft.price(100, 6000)
    sheet.money("opening_balance", opening)
    rows = sheet.rows(
        "transactions",
        ["booking_date"]
        + ["value_date"] * draft.chance(0.4)
        + ["text"]
        + ["reference"] * draft.chance(0.3)
        + rng.choice([["money_out", "money_in"], ["money_out", "money_in"], ["signed_amount"]])
        + ["running_balance"] * draft.chance(0.6),
        {"reference": "id"} if draft.chance(0.2) else {},
    )
    rows.spare = {key: kind for key, kind in rows.spare.items() if key not in rows.columns}
    coming, going, closing = bookings(draft, rows, rng.choice([3, 6, 8, 12, 15, 20, 45]), opening)
    sheet.money("total_in", coming, 0.5)
    sheet.money("total_out", going, 0.5)
    sheet.money("closing_balance", closing)
    sheet.put("currency", draft.currency, often=0.5)
    heads = [sheet.label(f"transactions.{key}") for key in rows.columns]
    right = {"money_in", "money_out", "signed_amount", "running_balance"}
    out = [[record[key].text for key in rows.columns] for record in rows.records]
    if draft.chance(0.5):  # the balances as rows of the table
        blank = [""] * len(rows.columns)
        at = rows.columns.index("text")
        for place, path in ((0, "opening_balance"), (len(out) + 1, "closing_balance")):
            line = list(blank)
            line[at], line[-1] = sheet.pair(path)[0], sheet.text(path)
            out.insert(place, line)
    table = blocks.table(heads, ["r" if key in right else "l" for key in rows.columns], out)
    ident = sheet.pairs("account_holder", "account_number", "sort_code", "iban", "bic", "statement_number", "statement_date", "currency")
    if sheet.has("period_start") and together:
        sheet.facts["period_start"].labelled = sheet.facts["period_end"].labelled = True
        said = draft.one("statement.period")
        ident.append((said, sheet.text("period_start") + rng.choice([" – ", " - ", draft.one("statement.until")]) + sheet.text("period_end")))
    else:
        ident += sheet.pairs("period_start", "period_end")
    summary = sheet.pairs("opening_balance", "total_in", "total_out", "closing_balance")
    top = blocks.letterhead(bank.bank, bank.place.lines, [(draft.one("statement.top"), bank.phone), ("Web", bank.website)])
    mail = blocks.address("", [f"{holder.title} {holder.name}"] + home.lines)
    form = rng.choice(["table", "boxes", "colon", "right", "above"])
    body = (
        top + blocks.side(mail, blocks.pairs(ident, form))
        if form in ("table", "colon", "right") and draft.chance(0.7)
        else top + mail + blocks.pairs(ident, form)
    )
    body += blocks.title(draft.one("bank.title"))
    body += (
        (blocks.box(blocks.pairs(summary, rng.choice(["table", "right", "above", "row", "leader"])), rng.choice(["box", "shade", ""])) + table)
        if draft.chance(0.6)
        else table + blocks.totals(summary)
    )
    note = draft.one("statement.note")
    return Page(body + blocks.para(note, "tiny"), blocks.footer([[bank.bank] + bank.place.lines]) if draft.chance(0.5) else "")
