"""Insurance policy, and a lease whose facts stand in running text."""
import re
from datetime import timedelta
from decimal import Decimal

from ..draft import Page
from ..sheet import Fact
from .trade import text

POLICY = dict(en="Policy Schedule|Certificate of Insurance|Insurance Policy", de="Versicherungsschein|Versicherungspolice", fr="Conditions particulières|Attestation d'assurance|Police d'assurance", es="Póliza de seguro|Condiciones particulares")
OBJECTS = dict(en="Private house, brick, built 1987|Passenger car, Kestrel 1.6, petrol|Household contents|Public liability, retail shop", de="Wohngebäude, Massivbau, Baujahr 1987|Pkw Kranich 1.6, Benzin|Hausrat|Betriebshaftpflicht Einzelhandel",
               fr="Maison individuelle, 4 pièces|Véhicule de tourisme, Armor 1.6|Contenu du logement|Responsabilité civile commerce", es="Vivienda unifamiliar, 120 m²|Turismo Levante 1.6|Contenido del hogar|Responsabilidad civil comercio")
FREQUENCIES = {"annual": dict(en="annually|yearly", de="jährlich", fr="annuel|annuelle", es="anual"), "semiannual": dict(en="half-yearly", de="halbjährlich", fr="semestriel", es="semestral"),
               "quarterly": dict(en="quarterly", de="vierteljährlich", fr="trimestriel", es="trimestral"), "monthly": dict(en="monthly", de="monatlich", fr="mensuel", es="mensual")}
COVERS = dict(en="Fire|Theft|Water damage|Glass breakage|Storm and hail|Legal expenses|Natural hazards", de="Feuer|Einbruchdiebstahl|Leitungswasser|Glasbruch|Sturm und Hagel|Rechtsschutz|Elementargefahren",
              fr="Incendie|Vol|Dégât des eaux|Bris de glace|Tempête et grêle|Protection juridique|Catastrophes naturelles", es="Incendio|Robo|Daños por agua|Rotura de cristales|Tormenta y pedrisco|Defensa jurídica|Riesgos extraordinarios")


def covers(draft):
    rng, written = draft.rng, draft.written
    columns = ["coverage", "sum_insured"] + ["deductible"] * draft.chance(0.7) + ["premium"] * draft.chance(0.4)
    rows = draft.sheet.rows("coverages", columns)
    for name in rng.sample(COVERS[draft.language].split("|"), rng.randint(2, 6)):
        made = {"coverage": text("coverage", name), "sum_insured": Fact("sum_insured", "money", amount := Decimal(rng.choice([5, 10, 25, 50, 100, 250, 500]) * 1000), written.cell(amount)),
                "deductible": Fact("deductible", "money", amount := Decimal(rng.choice([100, 150, 250, 500, 1000])), written.cell(amount)),
                "premium": Fact("premium", "money", amount := draft.price(8, 190), written.cell(amount))}
        if rng.random() < 0.15:
            made["deductible"] = Fact("deductible", "money", None, rng.choice(["–", "-", ""]))
        for fact in made.values():
            fact.written = [fact.text]
        rows.records.append({key: made[key] for key in columns})
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
    sheet.put("insured_object", draft.one(**OBJECTS), often=0.8)
    start = draft.later(5, 60)
    sheet.date("start_date", start)
    sheet.date("end_date", start + timedelta(days=365 * rng.randint(1, 3)), 0.85)
    sheet.date("issue_date", draft.day, 0.7)
    sheet.money("premium", draft.price(60, 1400))
    beat = rng.choice(list(FREQUENCIES))
    sheet.facts["frequency"] = Fact("frequency", "choice", beat, draft.one(**FREQUENCIES[beat]), options=tuple(FREQUENCIES))
    sheet.facts["frequency"].written = [sheet.text("frequency")]
    whole = draft.chance(0.6)
    sheet.money("sum_insured", Decimal(rng.choice([50, 100, 250, 500, 1000, 3000]) * 1000), 1.0 if whole else 0.0)
    sheet.money("deductible", Decimal(rng.choice([150, 300, 500, 1000])), 0.6 if whole else 0.0)
    sheet.put("agent", world.person().name, often=0.5)
    ident = sheet.pairs("policy_number", "customer_number", "issue_date", "agent")
    facts = sheet.pairs("insured_object", "start_date", "end_date", "premium", "frequency", "sum_insured", "deductible")
    born = sheet.pairs("policyholder.birth_date")
    holder = blocks.address(sheet.label("policyholder") if draft.chance(0.7) else "", [person.name] + home.lines + [f"{label} {value}" for label, value in born])
    body = draft.masthead("insurer", firm) + blocks.side(holder, blocks.pairs(ident, rng.choice(["table", "right", "colon"]))) + blocks.title(draft.one(**POLICY)) + blocks.pairs(facts)
    if draft.chance(0.65):
        for path in ("sum_insured", "deductible"):
            if not sheet.has(path):  # the table has such amounts: which of them is meant?
                del sheet.facts[path]
        rows = covers(draft)
        heads = [sheet.label(f"coverages.{key}") for key in rows.columns]
        body += blocks.heading(sheet.label("coverages")) + blocks.table(heads, "l" + "r" * (len(heads) - 1), [[record[key].text for key in rows.columns] for record in rows.records])
    note = draft.one(en="This schedule forms part of the contract. Please check it and tell us at once about errors. Claims line open day and night.", de="Dieser Schein ist Teil des Vertrags. Bitte prüfen Sie die Angaben. Schadenmeldung rund um die Uhr.",
                     fr="Ces conditions font partie du contrat. Merci d'en vérifier le contenu. Déclaration de sinistre jour et nuit.", es="Estas condiciones forman parte del contrato. Compruebe los datos. Partes de siniestro las 24 horas.")
    return Page(body + blocks.para(note, "tiny"), draft.imprint("insurer", firm) if draft.chance(0.5) else "")


TITLE = dict(en="Residential Lease Agreement|Tenancy Agreement", de="Mietvertrag|Wohnraummietvertrag", fr="Contrat de location|Bail d'habitation", es="Contrato de arrendamiento de vivienda|Contrato de alquiler")
CLAUSES = {
    "en": [("Parties", "This agreement is made between {landlord.name}, {landlord.address} (the Landlord), and {tenant.name}, at present of {tenant.address} (the Tenant)."),
           ("Premises", "The Landlord lets to the Tenant the flat at {premises.address.street}, {premises.address.zip} {premises.address.city}, with a floor area of {area}.", "The premises let are those at {premises.address.street}, {premises.address.city} {premises.address.zip}. They measure {area}."),
           ("Term", "The tenancy begins on {start_date} and runs for {term} months, ending on {end_date}.", "The term of {term} months starts on {start_date} and ends on {end_date}, unless renewed in writing."),
           ("Rent", "The rent is {rent} a month, payable in advance by the third working day. Late payments bear a charge of {late}.", "The Tenant shall pay a monthly rent of {rent}. A fee of {late} is due for each reminder."),
           ("Deposit", "On signing, the Tenant pays a deposit of {deposit}, which is returned after the end of the tenancy."),
           ("Notice", "Either party may end the tenancy with notice of {notice_period} months to the end of a month."),
           ("Animals", "{pets}"), ("Repairs", "The Tenant bears minor repairs up to {small} each. Larger defects are reported to the Landlord without delay."), ("Keys", "Three keys were handed over. Lost keys are replaced at the Tenant's cost."), ("Use", "The premises are used as a dwelling only. Subletting needs the Landlord's consent in writing.")],
    "de": [("Parteien", "Zwischen {landlord.name}, {landlord.address} (Vermieter) und {tenant.name}, derzeit wohnhaft {tenant.address} (Mieter), wird folgender Vertrag geschlossen."),
           ("Mietobjekt", "Vermietet wird die Wohnung {premises.address.street}, {premises.address.zip} {premises.address.city}, mit einer Wohnfläche von {area}.", "Der Vermieter überlässt dem Mieter die Räume in {premises.address.zip} {premises.address.city}, {premises.address.street}. Die Wohnfläche beträgt {area}."),
           ("Mietzeit", "Das Mietverhältnis beginnt am {start_date}, läuft {term} Monate und endet am {end_date}.", "Mietbeginn ist der {start_date}. Der Vertrag ist auf {term} Monate bis zum {end_date} befristet."),
           ("Miete", "Die monatliche Miete beträgt {rent} und ist bis zum dritten Werktag zu zahlen. Je Mahnung fallen {late} an.", "Der Mieter zahlt monatlich {rent} im Voraus. Für jede Mahnung werden {late} berechnet."),
           ("Kaution", "Der Mieter leistet eine Kaution in Höhe von {deposit}, die nach Ende des Mietverhältnisses zurückgezahlt wird."),
           ("Kündigung", "Die Kündigungsfrist beträgt für beide Seiten {notice_period} Monate zum Monatsende."),
           ("Tierhaltung", "{pets}"), ("Kleinreparaturen", "Kleinreparaturen bis {small} im Einzelfall trägt der Mieter. Größere Mängel sind unverzüglich anzuzeigen."), ("Schlüssel", "Es wurden drei Schlüssel übergeben. Verlorene Schlüssel ersetzt der Mieter."), ("Nutzung", "Die Räume dienen nur zu Wohnzwecken. Untervermietung bedarf der schriftlichen Zustimmung.")],
    "fr": [("Parties", "Entre {landlord.name}, {landlord.address}, ci-après le bailleur, et {tenant.name}, demeurant {tenant.address}, ci-après le locataire, il a été convenu ce qui suit."),
           ("Désignation", "Le bailleur loue le logement situé {premises.address.street}, {premises.address.zip} {premises.address.city}, d'une surface de {area}.", "Les locaux loués se trouvent au {premises.address.street} à {premises.address.zip} {premises.address.city} ; leur surface est de {area}."),
           ("Durée", "Le bail prend effet le {start_date} pour une durée de {term} mois et se termine le {end_date}."),
           ("Loyer", "Le loyer mensuel est fixé à {rent}, payable d'avance. Chaque rappel est facturé {late}.", "Le locataire verse chaque mois un loyer de {rent}. Des frais de {late} s'ajoutent à chaque rappel."),
           ("Dépôt de garantie", "À la signature, le locataire verse un dépôt de garantie de {deposit}, restitué en fin de bail."),
           ("Congé", "Chaque partie peut donner congé avec un préavis de {notice_period} mois."),
           ("Animaux", "{pets}"), ("Entretien", "Les menues réparations jusqu'à {small} sont à la charge du locataire. Tout désordre est signalé sans délai."), ("Clés", "Trois clés ont été remises. Les clés perdues sont remplacées aux frais du locataire."), ("Usage", "Le logement est réservé à l'habitation. La sous-location est soumise à l'accord écrit du bailleur.")],
    "es": [("Reunidos", "De una parte {landlord.name}, {landlord.address} (arrendador), y de otra {tenant.name}, con domicilio en {tenant.address} (arrendatario), acuerdan lo siguiente."),
           ("Objeto", "Se arrienda la vivienda sita en {premises.address.street}, {premises.address.zip} {premises.address.city}, con una superficie de {area}."),
           ("Duración", "El contrato comienza el {start_date}, dura {term} meses y termina el {end_date}.", "La duración será de {term} meses, desde el {start_date} hasta el {end_date}."),
           ("Renta", "La renta mensual es de {rent}, pagadera por adelantado. Cada aviso de impago devenga {late}.", "El arrendatario pagará {rent} al mes. Por cada recordatorio se cobrarán {late}."),
           ("Fianza", "A la firma el arrendatario entrega una fianza de {deposit}, que se devolverá al final del contrato."),
           ("Preaviso", "Cualquiera de las partes podrá desistir con un preaviso de {notice_period} meses."),
           ("Animales", "{pets}"), ("Reparaciones", "Las pequeñas reparaciones hasta {small} corren a cargo del arrendatario."), ("Llaves", "Se entregan tres juegos de llaves."), ("Uso", "La vivienda se destina solo a residencia. El subarriendo requiere consentimiento por escrito.")]}
PETS = dict(en=("The Tenant may keep pets.", "Pets are not allowed."), de=("Die Haltung von Haustieren ist gestattet.", "Haustiere sind nicht erlaubt."),
            fr=("Les animaux domestiques sont autorisés.", "Les animaux ne sont pas autorisés."), es=("Se permite tener animales domésticos.", "No se permiten animales."))
SIGNED = dict(en="Signed at {signed_at} on {signed_on}", de="{signed_at}, den {signed_on}", fr="Fait à {signed_at}, le {signed_on}", es="En {signed_at}, a {signed_on}")
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
    return Page(blocks.title(draft.one(**TITLE)) + "".join(out) + blocks.para(fill(SIGNED[draft.language])) + sign, layout="prose")
