"""Names by language and places by locale; towns are (code pattern, town, state)."""


def cut(text):
    return [part.strip() for part in text.split(",")]


def towns(text):
    return [tuple(part.strip() for part in line.split("|")) for line in text.strip().splitlines()]


NAMES = {
    "en": dict(
        men=cut("James, Oliver, Henry, Marcus, Daniel, Samuel, Arthur, Victor, Leon, Graham, Nathan, Peter, Adam, Colin, Walter, Raj, Kwame, Tomasz"),
        women=cut("Amelia, Grace, Hannah, Olivia, Priya, Fiona, Claire, Naomi, Ruth, Evelyn, Harriet, Joan, Denise, Mei, Aisha, Paula, Ingrid, Zoe"),
        last=cut(
            "Carter, Whitfield, Okafor, Bennett, Holloway, Patel, Fletcher, Marsh, Donovan, Pruitt, Langley, Sorensen, Abbott, Kessler, Greene, Novak, Yates, Ramirez, Chandler, Moss"
        ),
        titles=("Mr", "Ms"),
        stems=cut(
            "Northgate, Bluewater, Harrow, Summit, Kestrel, Ironbridge, Lakeside, Pinecrest, Redfern, Halden, Orchard, Stonebrook, Meridian, Fairholm, Quarry Lane, Beacon, Juniper, Copperfield, Wexley, Altamont"
        ),
        trades=dict(
            any=cut("Supplies, Trading, Services, Solutions, Systems, Industries, Partners"),
            shop=cut("Market, Grocers, Hardware, Stores, Books, Bakery, Café, Pharmacy"),
            energy=cut("Energy, Power & Gas, Water, Utilities, Electric"),
            lab=cut("Diagnostics, Clinical Laboratories, Pathology, Medical Labs"),
            insurance=cut("Insurance, Mutual, Assurance"),
            freight=cut("Logistics, Express, Freight, Couriers"),
            travel=cut("Airways, Hotels, Travel, Events, Tickets"),
            school=cut("Academy, Institute, College, Training"),
        ),
        mailboxes=cut("info, accounts, billing, office, sales, hello, support"),
        slogans=cut("Quality since 1968, Everything for your workshop, We deliver, Your partner on site, Made to last, Trusted locally"),
        banks=cut("First Harbor Bank, Northern Union Bank, Westfield Savings, Calder & Co. Bank, {city} Community Bank"),
    ),
    "de": dict(
        men=cut("Stefan, Jürgen, Matthias, Florian, Uwe, Karl-Heinz, Lukas, Björn, Andreas, Tobias, Rainer, Emre, Jonas, Dieter, Henning, Christian"),
        women=cut("Sabine, Ute, Katharina, Anneliese, Monika, Heike, Jana, Franziska, Gisela, Lena, Ayşe, Birgit, Claudia, Marlene, Silke, Judith"),
        last=cut(
            "Brandt, Hoffmann, Schäfer, Kröger, Vogel, Lindner, Öztürk, Böhm, Neumann, Pfeiffer, Seidel, Winkler, Großmann, Behrens, Thiel, Kaminski, Reuter, Engel, Fuchs, Wagenknecht"
        ),
        titles=("Herr", "Frau"),
        stems=cut(
            "Nordlicht, Hansen, Rheintal, Alpenblick, Steinbach, Waldmeier, Köster, Elbtal, Sonnenhof, Berghaus, Falkensee, Müritz, Lindenhof, Eichholz, Talmühle, Brückner, Ostermann, Kranich, Seeblick, Weißenfels"
        ),
        trades=dict(
            any=cut("Handels, Technik, Bürobedarf, Maschinenbau, Systeme, Werkzeuge, Elektro, Haustechnik, Consulting"),
            shop=cut("Markt, Bäckerei, Baumarkt, Drogerie, Apotheke, Buchhandlung, Feinkost"),
            energy=cut("Stadtwerke, Energie, Strom und Gas, Wasserwerke"),
            lab=cut("Labor, Medizinisches Labor, MVZ Labor, Laborpraxis"),
            insurance=cut("Versicherung, Versicherungsgruppe, Lebensversicherung"),
            freight=cut("Spedition, Logistik, Paketdienst, Transporte"),
            travel=cut("Reisen, Hotel, Airlines, Veranstaltungen"),
            school=cut("Akademie, Institut, Bildungswerk, Kolleg"),
        ),
        mailboxes=cut("info, rechnung, buchhaltung, kontakt, vertrieb, service, post"),
        slogans=cut("Qualität seit 1954, Ihr Partner vor Ort, Alles aus einer Hand, Wir liefern, Meisterbetrieb, Mit Sicherheit gut"),
        banks=cut("Sparkasse {city}, Volksbank {city} eG, Hanseatische Kreditbank, Raiffeisenbank {city}, Privatbank Lohmann"),
    ),
    "fr": dict(
        men=cut("Julien, Étienne, Antoine, Lucas, Rémi, Gérard, Mathieu, Olivier, Karim, Benoît, Hugo, Thierry, Jean-Pierre, Nicolas"),
        women=cut("Camille, Hélène, Sophie, Élodie, Margaux, Nathalie, Inès, Chloé, Françoise, Aurélie, Amina, Brigitte, Léa, Sylvie"),
        last=cut(
            "Lefèvre, Garnier, Rousseau, Blanchard, Chevalier, Mercier, Dupuis, Benali, Fontaine, Lemoine, Perrin, Gauthier, Marchand, Colin, Renaud, Barbier, Picard, Delmas"
        ),
        titles=("M.", "Mme"),
        stems=cut(
            "Belair, Valmont, Rivoire, Montclair, Beaulieu, Saint-Cyr, Armor, Provençal, Duvivier, Les Tilleuls, Aubépine, Horizon, Grand Large, Chantelle, Lumière, Clairefontaine"
        ),
        trades=dict(
            any=cut("Distribution, Services, Équipement, Conseil, Fournitures, Industrie, Bâtiment, Informatique"),
            shop=cut("Marché, Boulangerie, Librairie, Quincaillerie, Pharmacie, Épicerie"),
            energy=cut("Énergie, Gaz et Électricité, Eaux, Électricité"),
            lab=cut("Biologie Médicale, Laboratoire, Analyses Médicales, Bio"),
            insurance=cut("Assurances, Mutuelle, Prévoyance"),
            freight=cut("Transports, Messagerie, Express, Logistique"),
            travel=cut("Voyages, Hôtels, Airlines, Spectacles"),
            school=cut("Formation, Institut, Académie, École"),
        ),
        mailboxes=cut("contact, facturation, compta, info, commercial, service.client"),
        slogans=cut("Votre partenaire depuis 1972, Le bon outil au bon moment, Toujours à vos côtés, Qualité et proximité, La maison de confiance"),
        banks=cut("Banque de l'Ouest, Crédit Régional, Caisse Populaire de {city}, Banque Martinet, Société Bancaire du Midi"),
    ),
    "es": dict(
        men=cut("Alejandro, Javier, Pablo, Sergio, Álvaro, Miguel, Ramón, Iñaki, Jorge, Andrés, Tomás, Rubén, Joaquín, Hugo"),
        women=cut("Lucía, Carmen, María, Inés, Marta, Beatriz, Elena, Núria, Rosa, Pilar, Sofía, Aitana, Begoña, Teresa"),
        last=cut(
            "García, Navarro, Ibáñez, Muñoz, Serrano, Ortega, Peña, Castaño, Vidal, Ferrer, Domínguez, Lozano, Rueda, Carrasco, Méndez, Salas, Blanco, Arrieta"
        ),
        titles=("D.", "Dña."),
        stems=cut(
            "Levante, Sierra Nevada, Montealto, Ribera, Costa Azul, Altamira, El Roble, Guadalix, La Encina, Mar Menor, Pirineos, Villaverde, Almazora, Torrealba, Azahar, Las Lomas"
        ),
        trades=dict(
            any=cut("Suministros, Servicios, Distribuciones, Industrial, Instalaciones, Comercial, Informática, Materiales"),
            shop=cut("Mercado, Panadería, Ferretería, Librería, Farmacia, Alimentación"),
            energy=cut("Energía, Gas y Luz, Aguas, Eléctrica"),
            lab=cut("Laboratorios, Análisis Clínicos, Diagnóstico, Centro Médico"),
            insurance=cut("Seguros, Aseguradora, Mutua"),
            freight=cut("Transportes, Mensajería, Logística, Paquetería"),
            travel=cut("Viajes, Hoteles, Líneas Aéreas, Eventos"),
            school=cut("Academia, Instituto, Formación, Escuela"),
        ),
        mailboxes=cut("info, facturacion, administracion, contacto, ventas, clientes"),
        slogans=cut("Calidad desde 1981, Siempre cerca, Su socio de confianza, Todo para su empresa, Servicio en 24 horas"),
        banks=cut("Banco del Norte, Caja Rural de {city}, Banco Atlántida, Caixa {city}, Banco Castellano"),
    ),
}

DATA = {
    "en-US": dict(
        towns=towns("""
            972##|Portland|OR
            787##|Austin|TX
            606##|Chicago|IL
            021##|Boston|MA
            981##|Seattle|WA
            802##|Denver|CO
            303##|Atlanta|GA
            550##|Stillwater|MN
            480##|Royal Oak|MI
            871##|Albuquerque|NM
            276##|Raleigh|NC
            532##|Milwaukee|WI"""),
        streets=cut(
            "Maple Avenue, Industrial Parkway, W 4th Street, Elm St, Harbor Drive, County Road 12, Sunset Blvd, Commerce Way, Main Street, Oak Hill Road, Mill Creek Lane, N Franklin St"
        ),
        phones=["(5##) 555-01##", "5##-555-01##", "+1 5## 555 01##", "1-800-555-01##"],
        forms=["Inc.", "LLC", "Corp.", "Inc", "Co."],
        domains=[".com", ".com", ".net", ".example.com"],
    ),
    "en-GB": dict(
        towns=towns("""
            LS# #@@|Leeds|West Yorkshire
            BS# #@@|Bristol|Avon
            M# #@@|Manchester|Greater Manchester
            NR# #@@|Norwich|Norfolk
            EX# #@@|Exeter|Devon
            YO# #@@|York|North Yorkshire
            CB# #@@|Cambridge|Cambridgeshire
            EH# #@@|Edinburgh|Midlothian
            CF# #@@|Cardiff|South Glamorgan
            S# #@@|Sheffield|South Yorkshire"""),
        streets=cut(
            "High Street, Station Road, Mill Lane, Victoria Road, Church Street, Canal Wharf, Queensway, The Crescent, Park Avenue, Foundry Lane, King Street, Albert Terrace"
        ),
        phones=["01### ######", "020 7946 0###", "+44 1### ######", "0800 ### ####", "07### ######"],
        forms=["Ltd", "Ltd.", "Limited", "PLC", "LLP"],
        domains=[".co.uk", ".co.uk", ".com", ".org.uk"],
    ),
    "de-DE": dict(
        towns=towns("""
            200##|Hamburg|Hamburg
            803##|München|Bayern
            506##|Köln|Nordrhein-Westfalen
            041##|Leipzig|Sachsen
            790##|Freiburg im Breisgau|Baden-Württemberg
            280##|Bremen|Bremen
            340##|Kassel|Hessen
            904##|Nürnberg|Bayern
            180##|Rostock|Mecklenburg-Vorpommern
            720##|Tübingen|Baden-Württemberg
            990##|Erfurt|Thüringen
            480##|Münster|Nordrhein-Westfalen"""),
        streets=cut(
            "Lindenstraße, Am Hafen, Bahnhofstr., Industriestraße, Gartenweg, Schillerplatz, Hauptstraße, Mühlenweg, An der Alten Brücke, Goethestr., Rosenallee, Zum Steinbruch"
        ),
        phones=["0## / ### ## ##", "0###-######", "+49 ### ######", "0### ### ###", "+49 (0) ## ######"],
        forms=["GmbH", "GmbH & Co. KG", "AG", "e. K.", "KG", "OHG", "UG (haftungsbeschränkt)"],
        domains=[".de", ".de", ".com", ".eu"],
    ),
    "de-AT": dict(
        towns=towns("""
            10#0|Wien|Wien
            80##|Graz|Steiermark
            50##|Salzburg|Salzburg
            60##|Innsbruck|Tirol
            40##|Linz|Oberösterreich
            90##|Klagenfurt|Kärnten"""),
        streets=cut("Mariahilfer Gasse, Ringstraße, Kirchengasse, Am Graben, Landstraße, Badgasse, Hauptplatz"),
        phones=["+43 1 #######", "0### ######", "+43 (0)### ######"],
        forms=["GmbH", "AG", "KG", "e.U."],
        domains=[".at", ".at", ".com"],
    ),
    "de-CH": dict(
        towns=towns("""
            80##|Zürich|ZH
            30##|Bern|BE
            40##|Basel|BS
            60##|Luzern|LU
            90##|St. Gallen|SG
            84##|Winterthur|ZH"""),
        streets=cut("Seestrasse, Bahnhofstrasse, Dorfplatz, Industriestrasse, Kirchweg, Rebhalde"),
        phones=["+41 4# ### ## ##", "04# ### ## ##", "0800 ### ###"],
        forms=["AG", "GmbH", "SA", "& Co."],
        domains=[".ch", ".ch", ".com"],
    ),
    "fr-FR": dict(
        towns=towns("""
            7500#|Paris|Île-de-France
            6900#|Lyon|Auvergne-Rhône-Alpes
            3300#|Bordeaux|Nouvelle-Aquitaine
            44000|Nantes|Pays de la Loire
            3100#|Toulouse|Occitanie
            59000|Lille|Hauts-de-France
            67000|Strasbourg|Grand Est
            35000|Rennes|Bretagne
            13##0|Aix-en-Provence|Provence-Alpes-Côte d'Azur
            38000|Grenoble|Auvergne-Rhône-Alpes"""),
        streets=cut(
            "rue des Lilas, avenue Jean Jaurès, boulevard Victor Hugo, rue de la République, impasse du Moulin, place de l'Église, chemin des Vignes, rue Pasteur, allée des Tilleuls, quai de la Gare"
        ),
        phones=["0# ## ## ## ##", "+33 # ## ## ## ##", "0#.##.##.##.##", "08 00 ## ## ##"],
        forms=["SARL", "SAS", "SA", "EURL", "SASU", "& Fils"],
        domains=[".fr", ".fr", ".com"],
    ),
    "es-ES": dict(
        towns=towns("""
            280##|Madrid|Madrid
            080##|Barcelona|Barcelona
            460##|Valencia|Valencia
            410##|Sevilla|Sevilla
            480##|Bilbao|Vizcaya
            500##|Zaragoza|Zaragoza
            290##|Málaga|Málaga
            152##|Santiago de Compostela|A Coruña
            300##|Murcia|Murcia
            375##|Béjar|Salamanca"""),
        streets=cut(
            "Calle Mayor, C/ Alcalá, Avenida de la Constitución, Paseo del Prado, Plaza de España, C/ San Miguel, Avda. Diagonal, Ronda de Toledo, Polígono Industrial Sur, Camino Viejo"
        ),
        phones=["9## ### ###", "+34 9## ## ## ##", "9# ### ## ##", "6## ### ###"],
        forms=["S.L.", "S.A.", "SL", "S.L.U.", "e Hijos, S.L.", "S. Coop."],
        domains=[".es", ".es", ".com"],
    ),
}
