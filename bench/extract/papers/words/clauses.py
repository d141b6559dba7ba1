"""Sentences of leases and letters; {path} is a fact of the sheet. What is measured in a laboratory."""

CLAUSES = {
    "en": [
        (
            "Parties",
            "This agreement is made between {landlord.name}, {landlord.address} (the Landlord), and {tenant.name}, at present of {tenant.address} (the Tenant).",
        ),
        (
            "Premises",
            "The Landlord lets to the Tenant the flat at {premises.address.street}, {premises.address.zip} {premises.address.city}, with a floor area of {area}.",
            "The premises let are those at {premises.address.street}, {premises.address.city} {premises.address.zip}. They measure {area}.",
        ),
        (
            "Term",
            "The tenancy begins on {start_date} and runs for {term} months, ending on {end_date}.",
            "The term of {term} months starts on {start_date} and ends on {end_date}, unless renewed in writing.",
        ),
        (
            "Rent",
            "The rent is {rent} a month, payable in advance by the third working day. Late payments bear a charge of {late}.",
            "The Tenant shall pay a monthly rent of {rent}. A fee of {late} is due for each reminder.",
        ),
        ("Deposit", "On signing, the Tenant pays a deposit of {deposit}, which is returned after the end of the tenancy."),
        ("Notice", "Either party may end the tenancy with notice of {notice_period} months to the end of a month."),
        ("Animals", "{pets}"),
        ("Repairs", "The Tenant bears minor repairs up to {small} each. Larger defects are reported to the Landlord without delay."),
        ("Keys", "Three keys were handed over. Lost keys are replaced at the Tenant's cost."),
        ("Use", "The premises are used as a dwelling only. Subletting needs the Landlord's consent in writing."),
    ],
    "de": [
        (
            "Parteien",
            "Zwischen {landlord.name}, {landlord.address} (Vermieter) und {tenant.name}, derzeit wohnhaft {tenant.address} (Mieter), wird folgender Vertrag geschlossen.",
        ),
        (
            "Mietobjekt",
            "Vermietet wird die Wohnung {premises.address.street}, {premises.address.zip} {premises.address.city}, mit einer Wohnfläche von {area}.",
            "Der Vermieter überlässt dem Mieter die Räume in {premises.address.zip} {premises.address.city}, {premises.address.street}. Die Wohnfläche beträgt {area}.",
        ),
        (
            "Mietzeit",
            "Das Mietverhältnis beginnt am {start_date}, läuft {term} Monate und endet am {end_date}.",
            "Mietbeginn ist der {start_date}. Der Vertrag ist auf {term} Monate bis zum {end_date} befristet.",
        ),
        (
            "Miete",
            "Die monatliche Miete beträgt {rent} und ist bis zum dritten Werktag zu zahlen. Je Mahnung fallen {late} an.",
            "Der Mieter zahlt monatlich {rent} im Voraus. Für jede Mahnung werden {late} berechnet.",
        ),
        ("Kaution", "Der Mieter leistet eine Kaution in Höhe von {deposit}, die nach Ende des Mietverhältnisses zurückgezahlt wird."),
        ("Kündigung", "Die Kündigungsfrist beträgt für beide Seiten {notice_period} Monate zum Monatsende."),
        ("Tierhaltung", "{pets}"),
        ("Kleinreparaturen", "Kleinreparaturen bis {small} im Einzelfall trägt der Mieter. Größere Mängel sind unverzüglich anzuzeigen."),
        ("Schlüssel", "Es wurden drei Schlüssel übergeben. Verlorene Schlüssel ersetzt der Mieter."),
        ("Nutzung", "Die Räume dienen nur zu Wohnzwecken. Untervermietung bedarf der schriftlichen Zustimmung."),
    ],
    "fr": [
        (
            "Parties",
            "Entre {landlord.name}, {landlord.address}, ci-après le bailleur, et {tenant.name}, demeurant {tenant.address}, ci-après le locataire, il a été convenu ce qui suit.",
        ),
        (
            "Désignation",
            "Le bailleur loue le logement situé {premises.address.street}, {premises.address.zip} {premises.address.city}, d'une surface de {area}.",
            "Les locaux loués se trouvent au {premises.address.street} à {premises.address.zip} {premises.address.city} ; leur surface est de {area}.",
        ),
        ("Durée", "Le bail prend effet le {start_date} pour une durée de {term} mois et se termine le {end_date}."),
        (
            "Loyer",
            "Le loyer mensuel est fixé à {rent}, payable d'avance. Chaque rappel est facturé {late}.",
            "Le locataire verse chaque mois un loyer de {rent}. Des frais de {late} s'ajoutent à chaque rappel.",
        ),
        ("Dépôt de garantie", "À la signature, le locataire verse un dépôt de garantie de {deposit}, restitué en fin de bail."),
        ("Congé", "Chaque partie peut donner congé avec un préavis de {notice_period} mois."),
        ("Animaux", "{pets}"),
        ("Entretien", "Les menues réparations jusqu'à {small} sont à la charge du locataire. Tout désordre est signalé sans délai."),
        ("Clés", "Trois clés ont été remises. Les clés perdues sont remplacées aux frais du locataire."),
        ("Usage", "Le logement est réservé à l'habitation. La sous-location est soumise à l'accord écrit du bailleur."),
    ],
    "es": [
        (
            "Reunidos",
            "De una parte {landlord.name}, {landlord.address} (arrendador), y de otra {tenant.name}, con domicilio en {tenant.address} (arrendatario), acuerdan lo siguiente.",
        ),
        (
            "Objeto",
            "Se arrienda la vivienda sita en {premises.address.street}, {premises.address.zip} {premises.address.city}, con una superficie de {area}.",
        ),
        (
            "Duración",
            "El contrato comienza el {start_date}, dura {term} meses y termina el {end_date}.",
            "La duración será de {term} meses, desde el {start_date} hasta el {end_date}.",
        ),
        (
            "Renta",
            "La renta mensual es de {rent}, pagadera por adelantado. Cada aviso de impago devenga {late}.",
            "El arrendatario pagará {rent} al mes. Por cada recordatorio se cobrarán {late}.",
        ),
        ("Fianza", "A la firma el arrendatario entrega una fianza de {deposit}, que se devolverá al final del contrato."),
        ("Preaviso", "Cualquiera de las partes podrá desistir con un preaviso de {notice_period} meses."),
        ("Animales", "{pets}"),
        ("Reparaciones", "Las pequeñas reparaciones hasta {small} corren a cargo del arrendatario."),
        ("Llaves", "Se entregan tres juegos de llaves."),
        ("Uso", "La vivienda se destina solo a residencia. El subarriendo requiere consentimiento por escrito."),
    ],
}
SUBJECTS = {
    "en": [
        (
            "Outstanding payment for delivery {ref}",
            "Dear {greet},\nour records show that {amount} remain open for the goods delivered in {month}. We kindly ask you to settle this sum by {deadline}. Should you have paid already, please disregard this letter.",
        ),
        (
            "Offer for the renewal of your maintenance contract",
            "Dear {greet},\nas discussed we are glad to offer the renewal of your contract at {amount} a year. The offer stands until {deadline}. All other conditions, among them the response time of four hours, stay as they are.",
        ),
    ],
    "de": [
        (
            "Offene Zahlung zur Lieferung {ref}",
            "Sehr geehrte/r {greet},\nnach unseren Unterlagen sind aus der Lieferung im {month} noch {amount} offen. Wir bitten Sie, den Betrag bis zum {deadline} auszugleichen. Sollten Sie bereits gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos.",
        ),
        (
            "Angebot zur Verlängerung Ihres Wartungsvertrags",
            "Sehr geehrte/r {greet},\nwie besprochen bieten wir Ihnen die Verlängerung zum Preis von {amount} im Jahr an. Das Angebot gilt bis {deadline}. Alle übrigen Bedingungen bleiben unverändert.",
        ),
    ],
    "fr": [
        (
            "Facture impayée, livraison {ref}",
            "{greet},\nsauf erreur de notre part, la somme de {amount} reste due au titre de la livraison du mois de {month}. Nous vous prions de la régler avant le {deadline}. Si le paiement a été fait entre-temps, veuillez ne pas tenir compte de ce courrier.",
        ),
        (
            "Renouvellement de votre contrat d'entretien",
            "{greet},\ncomme convenu, nous vous proposons le renouvellement de votre contrat au prix de {amount} par an. Cette offre est valable jusqu'au {deadline}. Les autres conditions restent inchangées.",
        ),
    ],
    "es": [
        (
            "Pago pendiente del envío {ref}",
            "Estimado/a {greet}:\nsegún nuestros registros queda pendiente el importe de {amount} por la entrega de {month}. Le rogamos que lo abone antes del {deadline}. Si ya ha pagado, no tenga en cuenta esta carta.",
        ),
        (
            "Renovación de su contrato de mantenimiento",
            "Estimado/a {greet}:\ncomo acordamos, le ofrecemos la renovación de su contrato por {amount} al año. La oferta es válida hasta el {deadline}. Las demás condiciones no cambian.",
        ),
    ],
}
# name by language, unit, low, high, places
ANALYTES = [
    ("Haemoglobin|Hämoglobin|Hémoglobine|Hemoglobina", "g/dL", "12.0", "16.0", 1),
    ("White blood cells|Leukozyten|Leucocytes|Leucocitos", "10³/µL", "4.0", "10.5", 1),
    ("Platelets|Thrombozyten|Plaquettes|Plaquetas", "10³/µL", "150", "400", 0),
    ("Glucose|Glukose|Glycémie|Glucosa", "mg/dL", "70", "99", 0),
    ("Creatinine|Kreatinin|Créatinine|Creatinina", "mg/dL", "0.60", "1.20", 2),
    ("Total cholesterol|Gesamtcholesterin|Cholestérol total|Colesterol total", "mg/dL", "120", "200", 0),
    ("HDL cholesterol|HDL-Cholesterin|Cholestérol HDL|Colesterol HDL", "mg/dL", "40", "90", 0),
    ("TSH|TSH basal|TSH|TSH", "mIU/L", "0.40", "4.00", 2),
    ("Ferritin|Ferritin|Ferritine|Ferritina", "ng/mL", "30", "300", 0),
    ("Sodium|Natrium|Sodium|Sodio", "mmol/L", "135", "145", 0),
    ("Potassium|Kalium|Potassium|Potasio", "mmol/L", "3.5", "5.1", 1),
    ("ALT|GPT (ALT)|ALAT|ALT (GPT)", "U/L", "7", "45", 0),
    ("CRP|CRP|CRP|PCR", "mg/L", "0.0", "5.0", 1),
    ("Vitamin D|Vitamin D (25-OH)|Vitamine D|Vitamina D", "ng/mL", "30", "100", 0),
    ("HbA1c|HbA1c|HbA1c|HbA1c", "%", "4.0", "5.6", 1),
]
