"""Payslip."""

from decimal import Decimal

from ..draft import Page
from ..sheet import Fact, text
from ..written import MONTHS, cents

AMERICAN = "Federal income tax|Social Security|Medicare|State income tax|401(k)|Dental plan"


def rows_of(draft, path, names, amounts, hours):
    columns = ["item_text"] + (["hours", "rate"] if hours else []) + ["item_amount"]
    rows = draft.sheet.rows(path, columns)
    for name, amount in zip(names, amounts):
        made = {"item_text": text("item_text", name), "item_amount": Fact("item_amount", "money", amount, draft.written.money(amount, "{n}"))}
        if hours:
            count = Decimal(draft.rng.choice([8, 16, 20, 40, 80, 160]))
            rate = cents(amount / count)
            made["hours"] = Fact("hours", "number", count, draft.written.number(count, 2))
            made["rate"] = Fact("rate", "money", rate, draft.written.money(rate, "{n}"))
        rows.add(made)
    return rows


def printed(draft, path, title):
    rows, sheet = draft.sheet.facts[path], draft.sheet
    heads = [sheet.label(f"{path}.{key}") for key in rows.columns]
    heads[0] = title if draft.chance(0.5) else heads[0]
    aligns = ["l"] + ["r"] * (len(heads) - 1)
    return draft.blocks.table(heads, aligns, [[record[key].text for key in rows.columns] for record in rows.records])


def payslip(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    employer, person, home = world.company(), world.person(), world.place()
    sheet.put("employer.name", employer.name)
    sheet.place("employer.address", employer.place)
    sheet.put("employee_name", person.name)
    sheet.id("employee_id", draft.number("####", "0####", "E-####", "######"), 0.9)
    sheet.put("job_title", draft.one("payslip.job_title"), often=0.6)
    sheet.put("department", draft.one("payslip.department"), often=0.5)
    sheet.id("tax_code", {"US": "Single", "GB": "1257L", "FR": "N"}.get(world.country, str(rng.randint(1, 6))), 0.5)
    sheet.id(
        "social_number",
        {"US": world.number("***-**-####"), "GB": world.code("@@ ## ## ## @"), "FR": world.number("1 ## 0# ## ### ### ##")}.get(
            world.country, world.code("## ###### @ ###")
        ),
        0.6,
    )
    sheet.date("hire_date", draft.later(-4000, -200), 0.5)
    pay_day = draft.later(0, 0).replace(day=rng.choice([25, 27, 28]))
    sheet.date("pay_date", pay_day, 0.8)
    months = MONTHS[draft.language].split()
    period = f"{months[draft.day.month - 1].capitalize()} {draft.year}" if draft.chance(0.6) else f"{draft.day.month:02}/{draft.year}"
    names = draft.all("pay.earn")
    base = draft.price(1700, 5200)
    extra = [draft.price(20, 600) for _ in range(rng.randint(0, 4))]
    gross = base + sum(extra)
    rows_of(draft, "earnings", names[:1] + rng.sample(names[1:], len(extra)), [base] + extra, world.language == "en" and draft.chance(0.5))
    takes = AMERICAN.split("|") if world.country == "US" else draft.all("pay.take")
    cut = [cents(gross * Decimal(rng.uniform(0.01, 0.11))) for _ in range(rng.randint(2, 6))]
    rows_of(draft, "deductions", takes[: len(cut)], cut, False)
    sheet.money("gross_pay", gross)
    sheet.money("total_deductions", sum(cut), 0.8)
    sheet.money("net_pay", gross - sum(cut))
    ytd = gross * draft.day.month + draft.price(0, 50)
    sheet.money("year_to_date_gross", ytd, 0.4)
    if world.country != "US":
        from .. import ids

        sheet.id("iban", ids.iban(rng, world.country), 0.5)
    ident = sheet.pairs("employee_name", "employee_id", "job_title", "department", "tax_code", "social_number", "hire_date", "pay_date")
    ident.insert(rng.randint(0, len(ident)), (draft.one("payslip.period"), period))
    top = blocks.letterhead(employer.name, employer.place.lines, [])
    mail = blocks.address("", [f"{person.title} {person.name}"] + home.lines)
    form = rng.choice(["boxes", "boxes", "table", "above", "colon", "row"])
    body = top + blocks.title(draft.one("pay.title")) + (mail if draft.chance(0.5) else "") + blocks.pairs(ident, form)
    earn, take = printed(draft, "earnings", sheet.label("earnings")), printed(draft, "deductions", sheet.label("deductions"))
    if draft.chance(0.4) and len(sheet.facts["earnings"].columns) == 2:
        body += blocks.side(earn, take)
    else:
        body += blocks.heading(sheet.label("earnings")) + earn + blocks.heading(sheet.label("deductions")) + take
    sums = sheet.pairs("gross_pay", "total_deductions", "net_pay")
    body += blocks.totals(sums) if draft.chance(0.5) else blocks.pairs(sums, rng.choice(["boxes", "row", "leader", "right"]))
    body += blocks.pairs(sheet.pairs("year_to_date_gross", "iban"), rng.choice(["colon", "table", "inline"]))
    note = draft.one("payslip.note")
    return Page(body + blocks.para(note, "tiny"))
