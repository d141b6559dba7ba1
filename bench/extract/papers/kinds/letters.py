"""Business letter and certificate."""

from ..draft import Page
from ..words.clauses import SUBJECTS


def letter(draft):
    from ..written import MONTHS

    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    firm, other, reader, writer = world.company(), world.company(), world.person(), world.person()
    sheet.party("sender", firm, 0.7, tax=0.3, bank=0.3)
    sheet.put("recipient.name", other.name)
    sheet.put("recipient.contact", reader.name, often=0.7)
    sheet.place("recipient.address", other.place)
    form = rng.choice([written.prose_date, written.date_form])
    sheet.date("letter_date", draft.day, form=form)
    sheet.id("our_reference", draft.number("@@/##", "{yy}-####", "@@-####-@"), 0.5)
    sheet.id("your_reference", draft.number("@@#", "####/{yy}"), 0.3)
    subject, body = rng.choice(SUBJECTS[draft.language])
    ref = draft.number("LS-####", "{yy}/###")
    subject = subject.replace("{ref}", ref)
    sheet.put("subject", subject)
    sheet.money("claimed_amount", draft.price(80, 9000))
    sheet.date("deadline", draft.later(10, 40), form=form)
    sheet.put("signatory", writer.name)
    sheet.put("signatory_role", draft.one("letters.roles"), often=0.7)
    greet = f"{reader.title} {reader.last}" if draft.language != "fr" else {"M.": "Monsieur", "Mme": "Madame"}[reader.title]
    month = MONTHS[draft.language].split()[draft.day.month - 2]
    lines = [sheet.text("recipient.name")] + ([f"{reader.title} {reader.name}"] if sheet.has("recipient.contact") else []) + other.place.lines
    refs = sheet.pairs("your_reference", "our_reference")
    dated = rng.choice(["plain", "place", "label"])
    if dated == "label":
        refs += sheet.pairs("letter_date")
        day = ""
    else:
        day = blocks.para(
            (f"{firm.place.city}, " + draft.one("letter.day") if dated == "place" else "") + sheet.text("letter_date"), rng.choice(["r", ""])
        )
    if draft.chance(0.5):
        head = sheet.pair("subject")[0]
        subject_line = f"<p><b>{blocks.label(head)} {subject}</b></p>"
    else:
        subject_line = f"<p><b>{subject}</b></p>"
    form = rng.choice(["row", "inline", "colon", "table"]) if len(refs) > 1 else "colon"
    text = body.format(greet=greet, amount=sheet.text("claimed_amount"), deadline=sheet.text("deadline"), month=month)
    parts = [blocks.para(part) for part in text.split("\n")]
    more = draft.one("letter.more")
    sign = f'<p>{draft.one("letters.close")}</p><p style="margin-top:2.6em">{writer.name}<br>{sheet.text("signatory_role")}</p>'
    address = blocks.address("", lines)
    top = draft.masthead("sender", firm)
    mid = blocks.side(address, blocks.pairs(refs, "table")) + day if draft.chance(0.4) and refs else address + day + blocks.pairs(refs, form)
    return Page(
        top + '<div style="height:1.2em"></div>' + mid + subject_line + "".join(parts) + blocks.para(more) + sign,
        draft.imprint("sender", firm),
        layout=f"letter/{draft.look.head}",
    )


def certificate(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    school, person, teacher = world.company("school"), world.person(), world.person()
    sheet.put("organisation", school.name)
    sheet.put("holder_name", person.name)
    sheet.date("birth_date", draft.later(-20000, -7000), 0.35)
    sheet.put("course", draft.one("letters.courses"))
    form = rng.choice([written.prose_date, written.date_form])
    end = draft.later(1, 4)
    sheet.date("period_start", draft.day, form=form)
    sheet.date("period_end", end, form=form)
    sheet.count("course_hours", rng.choice([8, 12, 16, 24, 32, 40]))
    sheet.put("grade", draft.one("letters.grades"), often=0.5)
    sheet.id("certificate_number", draft.number("{y}-####", "C-######", "@@@-####"), 0.7)
    sheet.date("issue_date", draft.later(5, 30), form=form)
    sheet.put("trainer", teacher.name, often=0.7)
    sheet.put("issue_place.city", school.place.city, often=0.6)
    first, second, third = draft.all("letters.says")
    born = sheet.pairs("birth_date")
    lines = [
        f'<div style="font-size:1.1em;margin:1em 0">{first}</div>',
        f'<div class="big" style="font-size:2em;color:{draft.look.accent}">{person.name}</div>',
    ]
    lines += [f"<div>{blocks.label(label)} {value}</div>" for label, value in born]
    lines += [
        f'<div style="margin:1em 0">{second}</div>',
        f'<div class="big">{sheet.text("course")}</div>',
        f'<div style="margin:1em 0">{third.format(a=sheet.text("period_start"), b=sheet.text("period_end"), h=sheet.text("course_hours"))}</div>',
    ]
    tail = sheet.pairs("grade", "certificate_number")
    place = f'{sheet.text("issue_place.city")}, ' if sheet.has("issue_place.city") else ""
    dated = sheet.pairs("issue_date") if draft.chance(0.5) and not place else []
    lines.append(
        f'<div style="margin:1em auto;display:inline-block">{blocks.pairs(tail + dated, rng.choice(["colon", "table", "inline", "above"]))}</div>'
    )
    sign = [] if dated else [f"{place}{sheet.text('issue_date')}"]
    if sheet.has("trainer"):
        sheet.facts["trainer"].labelled = True
        sign.append(f"____________________<br>{teacher.name}<br><span class='tiny'>{sheet.label('trainer')}</span>")
    sign.append(f"____________________<br><span class='tiny'>{school.name}</span>")
    frame = rng.choice([f"border:3pt double {draft.look.accent}", f"border:1pt solid {draft.look.accent}", "border:0"])
    body = (
        f'<div class="c" style="{frame};padding:2em"><div class="firm">{blocks.logo() if draft.chance(0.5) else ""} {school.name}</div><h1 style="font-size:2.4em;background:none;color:#222">{draft.one("letters.titles")}</h1>'
        + "".join(lines)
    )
    body += '<div class="side" style="margin-top:2.5em;align-items:flex-end">' + "".join(f"<div>{part}</div>" for part in sign) + "</div></div>"
    draft.look.page = rng.choice(["A4 landscape", "A4", draft.look.page])
    draft.look.margin, draft.look.paging = "15mm", ""
    return Page(body, layout=f"certificate/{draft.look.page}")
