"""Insurance policy, and a lease whose facts stand in running text."""

import re
from datetime import timedelta
from decimal import Decimal

from ..draft import Page
from ..sheet import Fact, text
from ..words.clauses import CLAUSES

FREQUENCIES = ("annual", "semiannual", "quarterly", "monthly")


def covers(draft):
    rng, written = draft.rng, draft.written
    columns = ["coverage", "sum_insured"] + ["deductible"] * draft.chance(0.7) + ["premium"] * draft.chance(0.4)
    rows = draft.sheet.rows("coverages", columns)
    for name in rng.sample(draft.all("contract.covers"), rng.randint(2, 6)):
        made = {
            "coverage": text("coverage", name),
            "sum_insured": Fact("sum_insured", "money", amount := Decimal(rng.choice([5, 10, 25, 50, 100, 250, 500]) * 1000), written.cell(amount)),
            "deductible": Fact("deductible", "money", amount := Decimal(rng.choice([100, 150, 250, 500, 1000])), written.cell(amount)),
            "premium": Fact("premium", "money", amount := draft.price(8, 190), written.cell(amount)),
        }
        if rng.random() < 0.15:
            made["deductible"] = Fact("deductible", "money", None, rng.choice(["–", "-", ""]))
        rows.add(made)
    return rows


def policy(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    firm, person, home = world.company("insurance"), world.person(), world.place()
    sheet.party("insurer", firm, 0.7)
    sheet.id("policy_number", draft.number("##.###.######", "POL-######", "@@ ########", "##-#######-##"))
    sheet.put("policyholder.name", person.name)
    sheet.date("policyholder.birth_date", draft.later(-28000, -8000), 0.5)
    sheet.place("policyholder.address", home)
    sheet.id("customer_number", draft.number("########", "K-#####"), 0.4)
    sheet.put("insured_object", draft.one("contract.objects"), often=0.8)
    start = draft.later(5, 60)
    sheet.date("start_date", start)
    sheet.date("end_date", start + timedelta(days=365 * rng.randint(1, 3)), 0.85)
    sheet.date("issue_date", draft.day, 0.7)
    sheet.money("premium", draft.price(60, 1400))
    beat = rng.choice(FREQUENCIES)
    sheet.facts["frequency"] = Fact("frequency", "choice", beat, draft.one(f"contract.frequencies.{beat}"), options=FREQUENCIES)
    sheet.facts["frequency"].written = [sheet.text("frequency")]
    whole = draft.chance(0.6)
    sheet.money("sum_insured", Decimal(rng.choice([50, 100, 250, 500, 1000, 3000]) * 1000), 1.0 if whole else 0.0)
    sheet.money("deductible", Decimal(rng.choice([150, 300, 500, 1000])), 0.6 if whole else 0.0)
    sheet.put("agent", world.person().name, often=0.5)
    ident = sheet.pairs("policy_number", "customer_number", "issue_date", "agent")
    facts = sheet.pairs("insured_object", "start_date", "end_date", "premium", "frequency", "sum_insured", "deductible")
    born = sheet.pairs("policyholder.birth_date")
    holder = blocks.address(
        sheet.label("policyholder") if draft.chance(0.7) else "", [person.name] + home.lines + [f"{label} {value}" for label, value in born]
    )
    body = (
        draft.masthead("insurer", firm)
        + blocks.side(holder, blocks.pairs(ident, rng.choice(["table", "right", "colon"])))
        + blocks.title(draft.one("contract.policy"))
        + blocks.pairs(facts)
    )
    if draft.chance(0.65):
        for path in ("sum_insured", "deductible"):
            if not sheet.has(path):  # the table has such amounts: which of them is meant?
                del sheet.facts[path]
        rows = covers(draft)
        heads = [sheet.label(f"coverages.{key}") for key in rows.columns]
        body += blocks.heading(sheet.label("coverages")) + blocks.table(
            heads, "l" + "r" * (len(heads) - 1), [[record[key].text for key in rows.columns] for record in rows.records]
        )
    note = draft.one("policy.note")
    return Page(body + blocks.para(note, "tiny"), draft.imprint("insurer", firm) if draft.chance(0.5) else "")


PETS = dict(
    en=("The Tenant may keep pets.", "Pets are not allowed."),
    de=("Die Haltung von Haustieren ist gestattet.", "Haustiere sind nicht erlaubt."),
    fr=("Les animaux domestiques sont autorisés.", "Les animaux ne sont pas autorisés."),
    es=("Se permite tener animales domésticos.", "No se permiten animales."),
)
NUMBERING = ["§ {n} {t}", "{n}. {t}", "Article {n} – {t}", "{t}", "{n}) {t}"]


def lease(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    one, two, flat = world.person() if draft.chance(0.5) else world.company(), world.person(), world.place()
    homes = {"landlord": world.place(), "tenant": world.place()}
    for path, who in (("landlord", one), ("tenant", two)):
        sheet.put(f"{path}.name", who.name)
        sheet.place(f"{path}.address", homes[path])
    sheet.place("premises.address", flat)
    sheet.drop("premises.address.state")
    del sheet.whole["premises.address"]  # its parts stand in a sentence
    form = rng.choice([written.prose_date, written.prose_date, written.date_form])
    months = rng.choice([12, 12, 24, 36])
    start = draft.later(10, 60).replace(day=1)
    end = start.replace(year=start.year + months // 12) - timedelta(days=1)
    sheet.date("start_date", start, form=form)
    sheet.date("end_date", end, form=form)
    sheet.count("term", months)
    feet = world.country in ("US", "GB")
    sheet.number("area", Decimal(rng.randint(350, 1900)) if feet else Decimal(rng.randint(280, 1400)) / 10, unit="sq ft" if feet else "m²")
    rent = Decimal(rng.randint(350, 2400))
    sheet.money("rent", rent)
    sheet.money("deposit", rent * rng.choice([1, 2, 3]), 0.85)
    sheet.count("notice_period", rng.choice([2, 3, 6]), 0.85)
    allowed = draft.chance(0.5)
    sheet.put("pets_allowed", allowed, PETS[draft.language][0 if allowed else 1], "flag", 0.6)
    sheet.put("signed_at", one.place.city if hasattr(one, "place") else homes["landlord"].city)
    sheet.date("signed_on", draft.day, form=form)
    spare = {"late": written.money(draft.price(5, 20)), "small": written.money(draft.price(60, 140))}

    def fill(template):
        def value(found):
            key = found.group(1)
            if key.endswith(".address"):
                return ", ".join(homes[key.split(".")[0]].lines)
            return spare.get(key) or sheet.text("pets_allowed" if key == "pets" else key)

        return re.sub(r"\{([a-z_.]+)\}", value, template)

    numbering, count, out = rng.choice(NUMBERING), 0, []
    for title, *texts in CLAUSES[draft.language]:
        chosen = rng.choice(texts)
        if any(key in chosen and not sheet.has(key) for key in ("deposit", "notice_period")) or chosen == "{pets}" and not sheet.has("pets_allowed"):
            continue
        count += 1
        out.append(blocks.heading(numbering.format(n=count, t=title)) + blocks.para(fill(chosen)))
    sign = f'<div class="side" style="margin-top:3em"><div>____________________<br>{sheet.label("landlord")}</div><div>____________________<br>{sheet.label("tenant")}</div></div>'
    return Page(blocks.title(draft.one("contract.title")) + "".join(out) + blocks.para(fill(draft.one("contract.signed"))) + sign, layout="prose")
