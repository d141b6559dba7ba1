"""Résumé: arrays of jobs, degrees, languages and skills in several arrangements."""

from html import escape

from ..draft import Page
from ..sheet import Fact, text
from ..written import BRIEF, MONTHS

SKILLS = "Python|SQL|Excel|SAP|Rust|Kubernetes|Photoshop|AutoCAD|Scrum|Tableau|Git|Salesforce|TypeScript|Six Sigma|Linux|Power BI"


def month_text(draft, year, month):
    if draft.months == "digits":
        return f"{month:02}/{year}"
    if draft.months == "brief":
        return f"{BRIEF[draft.language].split()[month - 1]} {year}"
    return f"{MONTHS[draft.language].split()[month - 1]} {year}"


def month_fact(draft, key, year, month):
    shown = month_text(draft, year, month)
    value = shown if draft.as_printed else f"{year}-{month:02}"
    return Fact(key, "text", value, shown, [shown], note="as printed" if draft.as_printed else "as YYYY-MM")


def jobs(draft):
    rng, world = draft.rng, draft.world
    rows = draft.sheet.rows("experience", ["job_position", "job_company", "job_start", "job_end"])
    year, month = draft.year, rng.randint(1, 12)
    for at in range(rng.randint(1, 5)):
        first = year - rng.randint(1, 4)
        begun = rng.randint(1, 12)
        now = at == 0 and draft.chance(0.6)
        end = (
            Fact("job_end", "text", None, draft.now, [], note="as printed" if draft.as_printed else "as YYYY-MM")
            if now
            else month_fact(draft, "job_end", year, month)
        )
        rows.records.append(
            {
                "job_position": text("job_position", draft.one("person.jobs")),
                "job_company": text("job_company", world.company().name),
                "job_start": month_fact(draft, "job_start", first, begun),
                "job_end": end,
            }
        )
        year, month = first, max(1, begun - rng.randint(0, 3))
    return rows


def degrees(draft):
    rows = draft.sheet.rows("education", ["degree", "institution", "graduation_year"])
    year = draft.year - draft.rng.randint(8, 20)
    for name in draft.rng.sample(draft.all("person.degrees"), draft.rng.randint(1, 3)):
        made = {
            "degree": text("degree", name),
            "institution": text("institution", draft.one("person.schools").format(c=draft.world.place().city)),
            "graduation_year": Fact("graduation_year", "count", year, str(year), [str(year)]),
        }
        rows.records.append(made)
        year -= draft.rng.randint(1, 4)
    return rows


def entries(draft, blocks, job_rows, degree_rows):
    """The two lists as tables with dates left, as blocks, or as lines with the dates flush right."""
    form, dash = draft.form, draft.dash
    out_jobs, out_degrees = [], []
    for record in job_rows.records:
        span = f'{record["job_start"].text}{dash}{record["job_end"].text}'
        position, firm = escape(record["job_position"].text), escape(record["job_company"].text)
        duty = escape(draft.one("person.duties")) if draft.chance(0.6) else ""
        duty = f"<br>• {duty}" if duty else ""
        out_jobs.append(
            {
                "dates": f'<tr><td style="width:11em;padding:.2em .8em .5em 0">{span}</td><td><b>{position}</b><br>{firm}{duty}</td></tr>',
                "flush": f'<div class="side" style="margin:.3em 0 0"><div><b>{position}</b></div><div class="slim">{span}</div></div><div><i>{firm}</i>{duty}</div>',
                "block": f'<p><b>{position}</b>, {firm}<br><span class="tiny">{span}</span>{duty}</p>',
            }[form]
        )
    for record in degree_rows.records:
        degree, school, year = (escape(record[key].text) for key in ("degree", "institution", "graduation_year"))
        out_degrees.append(
            {
                "dates": f'<tr><td style="width:11em;padding:.2em .8em .5em 0">{year}</td><td><b>{degree}</b><br>{school}</td></tr>',
                "flush": f'<div class="side" style="margin:.3em 0 0"><div><b>{degree}</b></div><div class="slim">{year}</div></div><div><i>{school}</i></div>',
                "block": f"<p><b>{degree}</b>, {school}, {year}</p>",
            }[form]
        )
    wrap = (lambda parts: "<table>" + "".join(parts) + "</table>") if form == "dates" else "".join
    return wrap(out_jobs), wrap(out_degrees)


def resume(draft):
    rng, sheet, blocks, world = draft.rng, draft.sheet, draft.blocks, draft.world
    person, home = world.person(), world.place()
    draft.months, draft.as_printed, draft.now = rng.choice(["digits", "brief", "full"]), draft.chance(0.4), draft.one("person.now")
    draft.form, draft.dash = rng.choice(["dates", "flush", "block"]), rng.choice([" – ", " - ", "–"])
    sheet.put("candidate_name", person.name)
    sheet.put("headline", draft.one("person.jobs"), often=0.6)
    sheet.id("email", f"{world.slug(person.first)}.{world.slug(person.last)}@example.com")
    sheet.id("phone", world.phone(), 0.9)
    sheet.put("address.street", home.street, often=0.6)
    sheet.id("address.zip", home.zip, 1 if sheet.has("address.street") else 0)
    sheet.put("address.city", home.city)
    sheet.date("birth_date", draft.later(-18000, -9000), 0.6 if draft.language != "en" else 0.1)
    sheet.put("nationality", draft.one("resume.nationality"), often=0.3 if draft.language != "en" else 0.0)
    sheet.id("website", rng.choice(["https://", "www.", ""]) + f"{world.slug(person.last)}.example.com", 0.3)
    job_rows, degree_rows = jobs(draft), degrees(draft)
    chosen = rng.sample(SKILLS.split("|"), rng.randint(3, 9))
    sheet.facts["skills"] = Fact("skills", "texts", chosen, "", chosen, labelled=True)
    tongues = sheet.rows("spoken", ["spoken_language", "level"])
    for name, level in list(zip(draft.all("person.tongues"), draft.all("person.levels")))[: rng.randint(0, 4)]:
        tongues.records.append({"spoken_language": text("spoken_language", name), "level": text("level", level)})
    out_jobs, out_degrees = entries(draft, blocks, job_rows, degree_rows)
    skills = {
        "list": "<ul>" + "".join(f"<li>{one}</li>" for one in chosen) + "</ul>",
        "comma": f"<p>{', '.join(chosen)}</p>",
        "dots": f"<p>{' · '.join(chosen)}</p>",
        "tags": "<p>"
        + " ".join(
            f'<span style="border:.5pt solid #888;border-radius:4pt;padding:0 .4em;display:inline-block;margin:.1em">{one}</span>' for one in chosen
        )
        + "</p>",
    }[rng.choice(["list", "comma", "dots", "tags"])]
    spoken = "".join(
        f'<div>{record["spoken_language"].text}{rng.choice([" – ", ": "]) if at == 0 else " – "}{record["level"].text}</div>'
        for at, record in enumerate(tongues.records)
    )
    parts = {"experience": out_jobs, "education": out_degrees}
    small = {"skills": skills} | ({"spoken": spoken} if spoken else {})
    section = lambda found: "".join(blocks.heading(sheet.label(key)) + body for key, body in found.items())
    where = ", ".join(home.lines) if sheet.has("address.street") else home.city
    private = sheet.pairs("birth_date", "nationality")
    contact = [sheet.text("email"), sheet.text("phone"), where, sheet.text("website")]
    name = f'<div class="firm">{escape(person.name)}</div><div>{escape(sheet.text("headline"))}</div>'
    match rng.choice(["top", "top", "labelled", "sidebar"]):
        case "top":
            centre = ' class="c"' if draft.chance(0.5) else ""
            body = (
                f'<div{centre}>{name}<div class="tiny">{" | ".join(escape(one) for one in contact if one)}</div></div>'
                + blocks.pairs(private, "colon")
                + section(parts | small)
            )
        case "labelled":
            pairs = sheet.pairs("email", "phone", "website") + private
            body = (
                blocks.title(draft.one("resume.title")) + name + f"<div>{escape(where)}</div>" + blocks.pairs(pairs, "table") + section(parts | small)
            )
        case _:
            left = "".join(f"<div>{escape(one)}</div>" for one in contact if one) + blocks.pairs(private, "stack") + section(small)
            body = f'<div style="display:flex;gap:1.5em"><div style="width:30%;background:#eef0f3;padding:1em">{left}</div><div style="flex:1">{name}{section(parts)}</div></div>'
    return Page(body, layout=f"resume/{draft.form}", rules="no table")
