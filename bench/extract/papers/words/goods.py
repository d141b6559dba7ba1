"""What is bought and sold: {language: {theme: [names]}} with details that may follow."""

from .places import cut

GOODS = {
    "en": dict(
        office=cut(
            "Copy paper A4 80 g, Ballpoint pen blue, Ring binder 75 mm, Desk lamp LED, Office chair with armrests, Toner cartridge black, Whiteboard 120 x 90 cm, Stapler heavy duty, Envelopes C4, Filing cabinet 4 drawers, Sticky notes 76 x 76, Monitor arm dual"
        ),
        tools=cut(
            "Cordless drill 18 V, Wood screws 5 x 60 box of 200, Copper pipe 22 mm, Cable drum 25 m, Safety gloves size 9, Ball valve 1/2 in, Angle grinder 125 mm, Sealing tape PTFE, Hex key set, Hydraulic hose DN 12, Spirit level 60 cm, Fuse 16 A"
        ),
        service=cut(
            "Consulting on site, Travel expenses, Software maintenance Q3, Project management, Network installation, Monthly hosting, Training day, Repair of pump unit, Annual inspection, Support hours, Data migration, Website design"
        ),
        food=cut(
            "Wholemeal bread, Milk 1 l, Bananas, Ground coffee 500 g, Cheddar, Tomatoes, Orange juice, Olive oil, Eggs free range 12, Dark chocolate, Yoghurt natural, Spaghetti, Apples Gala, Mineral water 6x1.5l, Butter unsalted, Basmati rice"
        ),
    ),
    "de": dict(
        office=cut(
            "Kopierpapier A4 80 g, Kugelschreiber blau, Ordner breit, Schreibtischlampe LED, Bürostuhl mit Armlehnen, Toner schwarz, Whiteboard 120 x 90 cm, Heftgerät, Versandtaschen C4, Rollcontainer 3 Schübe, Haftnotizen gelb, Monitorhalter"
        ),
        tools=cut(
            "Akkuschrauber 18 V, Holzschrauben 5 x 60, Kupferrohr 22 mm, Kabeltrommel 25 m, Schutzhandschuhe Gr. 9, Kugelhahn 1/2 Zoll, Winkelschleifer 125 mm, Dichtband, Sechskantschlüssel-Satz, Hydraulikschlauch DN 12, Wasserwaage 60 cm, Dübel 8 mm"
        ),
        service=cut(
            "Beratung vor Ort, Fahrtkosten, Softwarewartung 3. Quartal, Projektleitung, Netzwerkinstallation, Hosting monatlich, Schulungstag, Reparatur Pumpe, Jahresinspektion, Supportstunden, Datenübernahme, Webdesign"
        ),
        food=cut(
            "Vollkornbrot, Milch 1,5 % 1 l, Bananen, Kaffee gemahlen 500 g, Gouda jung, Tomaten, Orangensaft, Olivenöl, Eier Freiland 10er, Zartbitterschokolade, Naturjoghurt, Spaghetti, Äpfel Elstar, Mineralwasser 6x1,5l, Butter, Basmatireis"
        ),
    ),
    "fr": dict(
        office=cut(
            "Papier A4 80 g, Stylo bille bleu, Classeur à levier, Lampe de bureau LED, Fauteuil avec accoudoirs, Cartouche toner noir, Tableau blanc 120 x 90 cm, Agrafeuse, Enveloppes C4, Caisson 3 tiroirs, Notes repositionnables, Bras écran double"
        ),
        tools=cut(
            "Perceuse sans fil 18 V, Vis à bois 5 x 60, Tube cuivre 22 mm, Enrouleur 25 m, Gants de sécurité T9, Vanne 1/2 pouce, Meuleuse 125 mm, Ruban PTFE, Jeu de clés Allen, Flexible hydraulique DN 12, Niveau 60 cm, Chevilles 8 mm"
        ),
        service=cut(
            "Conseil sur site, Frais de déplacement, Maintenance logicielle T3, Gestion de projet, Installation réseau, Hébergement mensuel, Journée de formation, Réparation pompe, Contrôle annuel, Heures d'assistance, Reprise de données, Création de site"
        ),
        food=cut(
            "Pain complet, Lait demi-écrémé 1 l, Bananes, Café moulu 500 g, Comté, Tomates, Jus d'orange, Huile d'olive, Œufs plein air x12, Chocolat noir, Yaourt nature, Spaghetti, Pommes Gala, Eau minérale 6x1,5l, Beurre doux, Riz basmati"
        ),
    ),
    "es": dict(
        office=cut(
            "Papel A4 80 g, Bolígrafo azul, Archivador palanca, Lámpara de mesa LED, Silla con reposabrazos, Tóner negro, Pizarra blanca 120 x 90 cm, Grapadora, Sobres C4, Cajonera 3 cajones, Notas adhesivas, Brazo monitor doble"
        ),
        tools=cut(
            "Taladro a batería 18 V, Tornillos madera 5 x 60, Tubo de cobre 22 mm, Alargador 25 m, Guantes de seguridad T9, Válvula de bola 1/2, Amoladora 125 mm, Cinta teflón, Juego llaves Allen, Manguera hidráulica DN 12, Nivel 60 cm, Tacos 8 mm"
        ),
        service=cut(
            "Consultoría en sede, Gastos de viaje, Mantenimiento software T3, Gestión de proyecto, Instalación de red, Alojamiento mensual, Jornada de formación, Reparación bomba, Inspección anual, Horas de soporte, Migración de datos, Diseño web"
        ),
        food=cut(
            "Pan integral, Leche semi 1 l, Plátanos, Café molido 500 g, Queso manchego, Tomates, Zumo de naranja, Aceite de oliva, Huevos camperos 12, Chocolate negro, Yogur natural, Espaguetis, Manzanas Gala, Agua mineral 6x1,5l, Mantequilla, Arroz basmati"
        ),
    ),
}
DETAILS = {
    "en": cut(
        "colour grey, incl. accessories, as per quotation, delivered to site, pack of 10, two-year warranty, series 4, made of recycled material"
    ),
    "de": cut("Farbe grau, inkl. Zubehör, gemäß Angebot, frei Baustelle, 10er-Pack, 2 Jahre Garantie, Serie 4, aus Recyclingmaterial"),
    "fr": cut("coloris gris, accessoires inclus, selon devis, livré sur site, lot de 10, garantie 2 ans, série 4, matière recyclée"),
    "es": cut("color gris, accesorios incluidos, según oferta, entregado en obra, paquete de 10, garantía 2 años, serie 4, material reciclado"),
}
UNITS = {
    "en": cut("pcs, ea, box, m, kg, set, h"),
    "de": cut("Stk., Stück, Pkg., m, kg, Satz, Std."),
    "fr": cut("pce, u, boîte, m, kg, jeu, h"),
    "es": cut("ud, uds, caja, m, kg, juego, h"),
}
PARTS = {
    "en": cut("phase 1, phase 2, building B, March, on request, night shift, as per report"),
    "de": cut("Phase 1, Phase 2, Gebäude B, März, nach Aufwand, Nachtschicht, laut Bericht"),
    "fr": cut("phase 1, phase 2, bâtiment B, mars, à la demande, de nuit, selon rapport"),
    "es": cut("fase 1, fase 2, edificio B, marzo, a petición, turno de noche, según informe"),
}
