//! What business documents call things, in English, German, French, Spanish and Dutch.
//!
//! A property is a concept when its name (with or without its parent's) is one of the concept's labels.

/// How the text of a concept looks, whatever the schema's type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// Several lines that belong together.
    Address,
    Date,
    Money,
    Number,
    Percent,
    /// A word with digits.
    Id,
    Email,
    Url,
    Phone,
    Iban,
    Bic,
    VatId,
    Currency,
    PostCode,
}

pub struct Concept {
    pub shape: Shape,
    /// Labels, `|` between them. A label with `~` is weak: it is right only when the value stands beside it and
    /// looks as it should.
    pub labels: &'static str,
    /// Words that make a label mean something else.
    pub against: &'static str,
}

const fn concept(shape: Shape, labels: &'static str, against: &'static str) -> Concept {
    Concept { shape, labels, against }
}

/// A date label of its own kind: never what a plain `date` or `total` asks for.
const OTHER_DATES: &str = "due|order|delivery|ship|shipping|birth|payment|paid|expiry|expiration|valid|start|end|from|until|\
    fällig|fälligkeits|liefer|bestell|geburts|échéance|livraison|commande|naissance|vencimiento|pedido|entrega|\
    nacimiento|verval|order|lever|geboorte|period|print|limite|règlement|check";

pub const CONCEPTS: &[Concept] = &[
    // Documents.
    concept(
        Shape::Id,
        "invoice number|invoice id|invoice code|bill number|document number|number of invoice|tax invoice number|rechnungsnummer|\
        rechnungs nr|rechnungsnr|rechnung nr|belegnummer|belegnr|beleg nr|facture n|numéro de facture|facture numéro|\
        n de facture|número de factura|factura n|factura núm|factuurnummer|factuur nr|~invoice|~rechnung|~facture|\
        ~factura|~factuur|~receipt number",
        "date|datum|order|customer|total|amount|address|to",
    ),
    concept(
        Shape::Id,
        "receipt number|receipt id|~receipt|transaction number|transaction id|bonnummer|bon nr|quittungsnummer|\
        numéro de reçu|reçu n|número de recibo|recibo n",
        "date|datum|total",
    ),
    concept(
        Shape::Id,
        "order number|order id|order reference|sales order|your order|bestellnummer|bestellnr|auftragsnummer|auftragsnr|auftrags nr|\
        numéro de commande|commande n|n de commande|número de pedido|pedido n|ordernummer|bestelnummer|~order|~commande|~pedido",
        "date|datum|purchase|total",
    ),
    concept(
        Shape::Id,
        "purchase order number|purchase order|po number|po|customer order number|bestellung nr|ihre bestellung|\
        bon de commande|orden de compra|inkooporder|purchase order id",
        "date|total",
    ),
    concept(
        Shape::Id,
        "customer number|customer id|client number|client id|account number|customer account|kundennummer|kundennr|\
        kunden nr|numéro de client|n client|id client|code client|número de cliente|nº cliente|klantnummer|klant nr|\
        debitorennummer|debitor nr",
        "bank|iban|date|order",
    ),
    concept(
        Shape::Id,
        "contract number|contract id|contract|vertragsnummer|vertragsnr|vertrag nr|numéro de contrat|contrat n|\
        número de contrato|contractnummer",
        "date",
    ),
    concept(
        Shape::Id,
        "booking id|booking number|reservation number|confirmation number|booking reference|buchungsnummer|\
        réservation n|numéro de réservation|número de reserva|boekingsnummer|pnr",
        "date",
    ),
    concept(
        Shape::Id,
        "reference|reference number|your reference|our reference|unser zeichen|ihr zeichen|aktenzeichen|referenz|\
        référence|votre référence|referencia|su referencia|referentie|kenmerk|ref",
        "payment|order|date",
    ),
    concept(
        Shape::Id,
        "payment reference|payment communication|remittance reference|verwendungszweck|référence de paiement|\
        referencia de pago|betalingskenmerk|mandate id|mandate reference|mandatsreferenz",
        "date",
    ),
    concept(
        Shape::Id,
        "policy number|policy id|versicherungsnummer|versicherungsscheinnummer|numéro de police|número de póliza|\
        polisnummer",
        "date",
    ),
    concept(Shape::Id, "serial number|seriennummer|numéro de série|número de serie|serienummer|sn", ""),
    concept(Shape::Id, "tracking number|sendungsnummer|numéro de suivi|número de seguimiento|awb|waybill number", ""),
    concept(Shape::Id, "passport number|reisepassnummer|numéro de passeport|número de pasaporte|paspoortnummer", ""),
    concept(
        Shape::Id,
        "tax number|tax id|steuernummer|steuer nr|steuer id|numéro fiscal|nif|cif|rsin|ein|gstin|tin|\
        service tax number|pan number",
        "date",
    ),
    concept(
        Shape::Id,
        "company registration number|registration number|company number|coc|chamber of commerce|handelsregister|\
        handelsregisternummer|hrb|siren|siret|rcs|kvk|kvk nummer|registro mercantil|cin|partner coc",
        "date|tax|vat",
    ),
    // Dates.
    concept(
        Shape::Date,
        "invoice date|date|date of invoice|date issued|issue date|issued|issued on|bill date|document date|dated|\
        rechnungsdatum|datum|belegdatum|ausstellungsdatum|date de facture|date de facturation|date facture|\
        date d'émission|fecha de factura|fecha factura|fecha|fecha de emisión|factuurdatum|factuur datum|receipt date|statement date",
        OTHER_DATES,
    ),
    concept(
        Shape::Date,
        "due date|payment due|payment due date|date due|pay by|due on|due by|fällig am|fälligkeitsdatum|\
        fälligkeit|zahlbar bis|zahlungsziel|date d'échéance|échéance|date limite de paiement|à payer avant le|\
        fecha de vencimiento|vencimiento|vervaldatum|uiterste betaaldatum",
        "amount|total|balance",
    ),
    concept(
        Shape::Date,
        "order date|date of order|bestelldatum|auftragsdatum|date de commande|fecha de pedido|orderdatum|\
        besteldatum",
        "number",
    ),
    concept(
        Shape::Date,
        "delivery date|date of delivery|ship date|shipping date|lieferdatum|leistungsdatum|liefertermin|\
        date de livraison|fecha de entrega|leverdatum|service date",
        "number",
    ),
    concept(
        Shape::Date,
        "date paid|payment date|paid on|date of payment|zahlungsdatum|bezahlt am|date de paiement|payé le|\
        fecha de pago|betaaldatum",
        "due",
    ),
    concept(
        Shape::Date,
        "birthdate|date of birth|birth date|born|geburtsdatum|geboren am|date de naissance|né le|\
        fecha de nacimiento|geboortedatum",
        "",
    ),
    concept(
        Shape::Date,
        "start date|date start|period start|valid from|effective date|from date|beginn|startdatum|gültig ab|date de début|\
        fecha de inicio|begindatum|check in|date check in|arrival date|anreise|arrivée",
        "end",
    ),
    concept(
        Shape::Date,
        "end date|date end|period end|valid until|expiry date|expiration date|expires|to date|ende|enddatum|gültig bis|\
        date de fin|date d'expiration|fecha de fin|fecha de caducidad|einddatum|check out|date check out|departure date|abreise|départ",
        "start",
    ),
    // Money.
    concept(
        Shape::Money,
        "total|total amount|amount total|grand total|invoice total|total due|amount due|balance due|amount|amount payable|total payable|\
        total amount due|total to pay|total incl vat|total inc tax|total including tax|total gross|gross amount|gross total|\
        gesamtbetrag|gesamtsumme|rechnungsbetrag|bruttobetrag|zu zahlen|zahlbetrag|endbetrag|gesamt|summe brutto|betrag|\
        brutto|total ttc|montant ttc|montant total|net à payer|somme à payer|total à payer|total facture|importe total|total a pagar|\
        total factura|totaal|totaal incl btw|totaalbedrag|te betalen|factuur totaal|eindtotaal|total price|total cost|amount with tax",
        "sub|net|ht|hors|tax|vat|tva|mwst|ust|iva|btw|excl|exclusive|excluding|discount|before|untaxed|netto|items|\
        quantity|qty|page|paid|zwischen|hours|rate|word|exkl|ohne|zzgl",
    ),
    concept(
        Shape::Money,
        "subtotal|sub total|net|net amount|net total|total net|amount untaxed|untaxed amount|amount before tax|total excl vat|total ex vat|\
        total excluding tax|taxable amount|zwischensumme|nettobetrag|netto|summe netto|nettosumme|gesamt netto|total ht|\
        montant ht|total hors taxe|sous total|base imponible|subtotaal|exclusief btw|totaal excl btw|grondslag|net price total",
        "weight|gross|brutto|à payer|incl|ttc|days",
    ),
    concept(
        Shape::Money,
        "tax|tax amount|amount tax|total tax|vat|vat amount|sales tax|gst|mwst|mwst betrag|mehrwertsteuer|umsatzsteuer|ust|\
        steuerbetrag|tva|montant tva|total tva|iva|importe iva|cuota iva|btw|btw bedrag",
        "number|id|nummer|reg|incl|excl|rate|before|nr|ht|ttc|invoice",
    ),
    concept(
        Shape::Money,
        "amount paid|paid|total paid|payments received|bezahlt|gezahlt|bereits bezahlt|montant payé|déjà payé|\
        importe pagado|betaald",
        "date|on|by|method",
    ),
    concept(
        Shape::Money,
        "shipping|shipping cost|shipping fee|freight|delivery charge|versandkosten|versand|frais de port|frais de livraison|\
        gastos de envío|verzendkosten",
        "date|address|method|to",
    ),
    concept(Shape::Money, "discount|discount amount|rabatt|nachlass|skonto|remise|descuento|korting", "rate|percent"),
    concept(
        Shape::Money,
        "balance|closing balance|new balance|saldo|kontostand|solde|nouveau solde|saldo final|eindsaldo",
        "opening|previous|due",
    ),
    concept(
        Shape::Money,
        "unit price|price per unit|price|rate|unit cost|price unit|price each|einzelpreis|stückpreis|preis|e preis|vk preis|prix unitaire|p u|pu|p u ht|\
        prix|precio unitario|precio|prijs per stuk|prijs|stuksprijs",
        "total|tax|vat",
    ),
    concept(
        Shape::Money,
        "line total|line amount|amount|total|total price|extended price|price subtotal|net amount|gesamtpreis|gesamt|betrag|zeilenbetrag|summe|\
        montant|montant ht|total ligne|importe|total línea|bedrag|prijs incl btw|regeltotaal|subtotal",
        "unit|tax",
    ),
    concept(
        Shape::Number,
        "quantity|count|units|pcs|menge|anzahl|stück|stk|quantité|qté|nombre|cantidad|cant|uds|aantal|hoeveelheid|hours",
        "unit|price",
    ),
    concept(
        Shape::Percent,
        "tax rate|vat rate|tax percent|taxpercent|vat percent|line tax percent|mwst satz|steuersatz|ust satz|taux tva|taux de tva|tipo iva|\
        btw tarief|btw percent|taxes|vat|tax",
        "amount|number|id",
    ),
    concept(
        Shape::Percent,
        "discount percent|discount rate|disc|rabatt percent|taux de remise|descuento percent|korting percent",
        "amount",
    ),
    concept(Shape::Currency, "currency|currency code|währung|devise|monnaie|moneda|divisa|valuta", ""),
    // Parties.
    concept(
        Shape::Text,
        "vendor|vendor name|supplier|supplier name|seller|seller name|sold by|merchant|merchant name|issuer|issuer name|billed by|company|company name|\
        from|lieferant|verkäufer|rechnungssteller|absender|firma|fournisseur|vendeur|émetteur|société|proveedor|vendedor|\
        emisor|empresa|leverancier|verkoper|bedrijf",
        "address|phone|email|number|id|vat|tax|date",
    ),
    concept(
        Shape::Text,
        "customer|customer name|buyer|buyer name|client|client name|bill to|billed to|bill to name|sold to|invoice to|recipient|recipient name|billing name|guest name|\
        kunde|kundenname|käufer|rechnungsempfänger|empfänger|rechnung an|acheteur|facturé à|destinataire|nom du client|cliente|comprador|\
        facturar a|destinatario|klant|klantnaam|koper|factuur aan",
        "number|id|address|phone|email|order|reference|account|service|care",
    ),
    concept(
        Shape::Address,
        "billing address|bill to address|customer address|buyer address|invoice address|rechnungsadresse|rechnungsanschrift|\
        adresse de facturation|dirección de facturación|factuuradres|bill to",
        "email",
    ),
    concept(
        Shape::Address,
        "shipping address|delivery address|ship to|ship to address|deliver to|lieferadresse|lieferanschrift|\
        adresse de livraison|dirección de envío|dirección de entrega|afleveradres|leveradres",
        "email",
    ),
    concept(
        Shape::Address,
        "address|street address|postal address|mailing address|company address|vendor address|seller address|supplier address|registered office|adresse|anschrift|siège social|\
        dirección|domicilio|adres",
        "email|web|ip|url|bill|billing|ship|shipping|delivery",
    ),
    concept(
        Shape::Text,
        "name|full name|contact|contact name|contact person|ansprechpartner|nachname|nom|nombre|naam|contactpersoon",
        "file|user|company|product|bank|first|last|item",
    ),
    concept(Shape::Text, "first name|given name|vorname|prénom|nombre de pila|voornaam", ""),
    concept(
        Shape::Text,
        "last name|surname|family name|familienname|nachname|nom de famille|apellido|apellidos|achternaam",
        "",
    ),
    concept(Shape::Text, "city|town|ort|stadt|ville|ciudad|plaats|stad", ""),
    concept(Shape::Text, "country|land|pays|país", "code"),
    concept(Shape::Text, "state|province|region|bundesland|état|provincia|provincie", "code"),
    concept(
        Shape::PostCode,
        "postcode|postcode code|post code|zip code|postleitzahl|code postal|código postal|partner zip",
        "",
    ),
    concept(Shape::Text, "street|straße|strasse|rue|calle|straat|partner street", ""),
    concept(
        Shape::Text,
        "bank|bank name|name of bank|kreditinstitut|banque|nom de la banque|banco|nombre del banco",
        "account|code|number",
    ),
    concept(
        Shape::Text,
        "payment method|payment mode|method of payment|paid with|paid by|payment type|zahlungsart|zahlungsweise|mode de paiement|mode de règlement|\
        moyen de paiement|forma de pago|método de pago|betaalmethode|betaalwijze",
        "date",
    ),
    concept(
        Shape::Text,
        "payment terms|terms|terms of payment|zahlungsbedingungen|conditions de paiement|condiciones de pago|\
        betalingsvoorwaarden|betalingstermijn",
        "conditions of sale",
    ),
    concept(
        Shape::Text,
        "description|item|item name|product|product name|product title|article|service|details|name|designation|bezeichnung|beschreibung|artikel|leistung|\
        désignation|libellé|produit|descripción|concepto|artículo|omschrijving",
        "number|code|total",
    ),
    concept(
        Shape::Id,
        "item number|item code|article number|product code|sku|part number|code|artikelnummer|artikelnr|art nr|artikel nr|référence article|código|artikelcode|\
        barcode|ean",
        "post|zip|bank|swift",
    ),
    concept(Shape::Id, "position|pos|line|line number|item no|row|ligne|posición|regel", ""),
    concept(Shape::Text, "unit|unit of measure|uom|einheit|me|unité|unidad|eenheid", "price|cost"),
    concept(
        Shape::Text,
        "notes|note|comments|remarks|bemerkungen|anmerkung|hinweis|remarques|observaciones|notas|opmerkingen",
        "",
    ),
    concept(Shape::Text, "subject|regarding|betreff|objet|asunto|onderwerp", ""),
    concept(Shape::Text, "job title|position title|title|role|beruf|poste|puesto|functie", ""),
    // Codes with a form of their own.
    concept(
        Shape::Email,
        "email|email address|partner email|contact email|e mail|correo|correo electrónico|courriel|e mail adresse",
        "",
    ),
    concept(
        Shape::Url,
        "website|url|web|homepage|web site|web address|site web|internet|sitio web|partner website|link",
        "",
    ),
    concept(
        Shape::Phone,
        "phone|phone number|contact phone|telefonnummer|téléphone|teléfono|telefoon|telefoonnummer|mobile|mobile number|handy|portable|móvil|gsm|cell|partner phone",
        "fax",
    ),
    concept(Shape::Phone, "fax|fax number|faxnummer|telefax|télécopie", "phone"),
    concept(Shape::Iban, "iban|iban number|bank account|bank account iban|bankverbindung", "bic"),
    concept(Shape::Bic, "bic|swift|swift code|bic code|bic swift", "iban"),
    concept(
        Shape::VatId,
        "vat number|vat id|vat reg|vat registration number|vat|tax identification number|ust id|ust idnr|ustid|ust id nr|umsatzsteuer id|uid|static vat|\
        numéro de tva|tva intracommunautaire|n tva|n de tva intra communautaire|nif iva|btw nummer|btw id|btw",
        "rate|amount|total",
    ),
];
