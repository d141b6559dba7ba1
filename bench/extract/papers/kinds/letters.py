"""Business letter and certificate."""


from ..draft import Page

SUBJECTS = {"en": [("Outstanding payment for delivery {ref}", "Dear {greet},\nour records show that {amount} remain open for the goods delivered in {month}. We kindly ask you to settle this sum by {deadline}. Should you have paid already, please disregard this letter."),
                   ("Offer for the renewal of your maintenance contract", "Dear {greet},\nas discussed we are glad to offer the renewal of your contract at {amount} a year. The offer stands until {deadline}. All other conditions, among them the response time of four hours, stay as they are.")],
            "de": [("Offene Zahlung zur Lieferung {ref}", "Sehr geehrte/r {greet},\nnach unseren Unterlagen sind aus der Lieferung im {month} noch {amount} offen. Wir bitten Sie, den Betrag bis zum {deadline} auszugleichen. Sollten Sie bereits gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos."),
                   ("Angebot zur Verlängerung Ihres Wartungsvertrags", "Sehr geehrte/r {greet},\nwie besprochen bieten wir Ihnen die Verlängerung zum Preis von {amount} im Jahr an. Das Angebot gilt bis {deadline}. Alle übrigen Bedingungen bleiben unverändert.")],
            "fr": [("Facture impayée, livraison {ref}", "{greet},\nsauf erreur de notre part, la somme de {amount} reste due au titre de la livraison du mois de {month}. Nous vous prions de la régler avant le {deadline}. Si le paiement a été fait entre-temps, veuillez ne pas tenir compte de ce courrier."),
                   ("Renouvellement de votre contrat d'entretien", "{greet},\ncomme convenu, nous vous proposons le renouvellement de votre contrat au prix de {amount} par an. Cette offre est valable jusqu'au {deadline}. Les autres conditions restent inchangées.")],
            "es": [("Pago pendiente del envío {ref}", "Estimado/a {greet}:\nsegún nuestros registros queda pendiente el importe de {amount} por la entrega de {month}. Le rogamos que lo abone antes del {deadline}. Si ya ha pagado, no tenga en cuenta esta carta."),
                   ("Renovación de su contrato de mantenimiento", "Estimado/a {greet}:\ncomo acordamos, le ofrecemos la renovación de su contrato por {amount} al año. La oferta es válida hasta el {deadline}. Las demás condiciones no cambian.")]}
CLOSE = dict(en="Yours sincerely|Kind regards", de="Mit freundlichen Grüßen", fr="Veuillez agréer nos salutations distinguées|Cordialement", es="Atentamente|Un cordial saludo")
ROLES = dict(en="Head of Accounts|Sales Manager|Managing Director", de="Leiterin Buchhaltung|Vertriebsleitung|Geschäftsführer", fr="Responsable comptable|Directeur commercial|Gérant", es="Jefa de contabilidad|Director comercial|Gerente")


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
    sheet.put("signatory_role", draft.one(**ROLES), often=0.7)
    greet = f"{reader.title} {reader.last}" if draft.language != "fr" else {"M.": "Monsieur", "Mme": "Madame"}[reader.title]
    month = MONTHS[draft.language].split()[draft.day.month - 2]
    lines = [sheet.text("recipient.name")] + ([f"{reader.title} {reader.name}"] if sheet.has("recipient.contact") else []) + other.place.lines
    refs = sheet.pairs("your_reference", "our_reference")
    dated = rng.choice(["plain", "place", "label"])
    if dated == "label":
        refs += sheet.pairs("letter_date")
        day = ""
    else:
        day = blocks.para((f"{firm.place.city}, " + draft.one(en="", de="den ", fr="le ", es="") if dated == "place" else "") + sheet.text("letter_date"), rng.choice(["r", ""]))
    if draft.chance(0.5):
        head = sheet.pair("subject")[0]
        subject_line = f"<p><b>{blocks.label(head)} {subject}</b></p>"
    else:
        subject_line = f"<p><b>{subject}</b></p>"
    form = rng.choice(["row", "inline", "colon", "table"]) if len(refs) > 1 else "colon"
    text = body.format(greet=greet, amount=sheet.text("claimed_amount"), deadline=sheet.text("deadline"), month=month)
    parts = [blocks.para(part) for part in text.split("\n")]
    more = draft.one(en="If you have questions, please call us; we are glad to help.", de="Für Rückfragen stehen wir Ihnen gern zur Verfügung.", fr="Nous restons à votre disposition pour toute question.", es="Quedamos a su disposición para cualquier consulta.")
    sign = f'<p>{draft.one(**CLOSE)}</p><p style="margin-top:2.6em">{writer.name}<br>{sheet.text("signatory_role")}</p>'
    address = blocks.address("", lines)
    top = draft.masthead("sender", firm)
    mid = blocks.side(address, blocks.pairs(refs, "table")) + day if draft.chance(0.4) and refs else address + day + blocks.pairs(refs, form)
    return Page(top + '<div style="height:1.2em"></div>' + mid + subject_line + "".join(parts) + blocks.para(more) + sign, draft.imprint("sender", firm), layout=f"letter/{draft.look.head}")


COURSES = dict(en="Project Management Fundamentals|Workplace First Aid|Data Analysis with Spreadsheets|Forklift Operation|Food Hygiene Level 2", de="Grundlagen des Projektmanagements|Erste Hilfe im Betrieb|Datenanalyse mit Tabellen|Gabelstaplerführung|Lebensmittelhygiene",
               fr="Fondamentaux de la gestion de projet|Sauveteur secouriste du travail|Analyse de données|Conduite de chariots|Hygiène alimentaire", es="Fundamentos de gestión de proyectos|Primeros auxilios en la empresa|Análisis de datos|Manejo de carretillas|Higiene alimentaria")
TITLES = dict(en="Certificate of Completion|CERTIFICATE|Certificate of Attendance", de="Zertifikat|Teilnahmebescheinigung|URKUNDE", fr="Certificat|Attestation de formation", es="Certificado|Diploma|Certificado de asistencia")
SAYS = dict(en="This is to certify that|has successfully completed the course|from {a} to {b}, a total of {h} hours.", de="Hiermit wird bescheinigt, dass|erfolgreich am folgenden Lehrgang teilgenommen hat:|vom {a} bis {b}, Umfang {h} Stunden.",
            fr="Nous certifions que|a suivi avec succès la formation|du {a} au {b}, soit {h} heures.", es="Se certifica que|ha superado con éxito el curso|del {a} al {b}, con un total de {h} horas.")
GRADES = dict(en="Pass with distinction|Pass|A|B+", de="sehr gut|gut|bestanden|1,7", fr="Très bien|Bien|Admis|16/20", es="Sobresaliente|Notable|Apto|8,5")


def certificate(draft):
    rng, sheet, blocks, world, written = draft.rng, draft.sheet, draft.blocks, draft.world, draft.written
    school, person, teacher = world.company("school"), world.person(), world.person()
    sheet.put("organisation", school.name)
    sheet.put("holder_name", person.name)
    sheet.date("birth_date", draft.later(-20000, -7000), 0.35)
    sheet.put("course", draft.one(**COURSES))
    form = rng.choice([written.prose_date, written.date_form])
    end = draft.later(1, 4)
    sheet.date("period_start", draft.day, form=form)
    sheet.date("period_end", end, form=form)
    sheet.count("course_hours", rng.choice([8, 12, 16, 24, 32, 40]))
    sheet.put("grade", draft.one(**GRADES), often=0.5)
    sheet.id("certificate_number", draft.number("{y}-####", "C-######", "@@@-####"), 0.7)
    sheet.date("issue_date", draft.later(5, 30), form=form)
    sheet.put("trainer", teacher.name, often=0.7)
    sheet.put("issue_place.city", school.place.city, often=0.6)
    first, second, third = SAYS[draft.language].split("|")
    born = sheet.pairs("birth_date")
    lines = [f'<div style="font-size:1.1em;margin:1em 0">{first}</div>', f'<div class="big" style="font-size:2em;color:{draft.look.accent}">{person.name}</div>']
    lines += [f"<div>{blocks.label(label)} {value}</div>" for label, value in born]
    lines += [f'<div style="margin:1em 0">{second}</div>', f'<div class="big">{sheet.text("course")}</div>', f'<div style="margin:1em 0">{third.format(a=sheet.text("period_start"), b=sheet.text("period_end"), h=sheet.text("course_hours"))}</div>']
    tail = sheet.pairs("grade", "certificate_number")
    place = f'{sheet.text("issue_place.city")}, ' if sheet.has("issue_place.city") else ""
    dated = sheet.pairs("issue_date") if draft.chance(0.5) and not place else []
    lines.append(f'<div style="margin:1em auto;display:inline-block">{blocks.pairs(tail + dated, rng.choice(["colon", "table", "inline", "above"]))}</div>')
    sign = [] if dated else [f"{place}{sheet.text('issue_date')}"]
    if sheet.has("trainer"):
        sheet.facts["trainer"].labelled = True
        sign.append(f"____________________<br>{teacher.name}<br><span class='tiny'>{sheet.label('trainer')}</span>")
    sign.append(f"____________________<br><span class='tiny'>{school.name}</span>")
    frame = rng.choice([f"border:3pt double {draft.look.accent}", f"border:1pt solid {draft.look.accent}", "border:0"])
    body = f'<div class="c" style="{frame};padding:2em"><div class="firm">{blocks.logo() if draft.chance(0.5) else ""} {school.name}</div><h1 style="font-size:2.4em;background:none;color:#222">{draft.one(**TITLES)}</h1>' + "".join(lines)
    body += '<div class="side" style="margin-top:2.5em;align-items:flex-end">' + "".join(f"<div>{part}</div>" for part in sign) + "</div></div>"
    draft.look.page = rng.choice(["A4 landscape", "A4", draft.look.page])
    draft.look.margin, draft.look.paging = "15mm", ""
    return Page(body, layout=f"certificate/{draft.look.page}")
