"""Names of people, companies, places and journals."""

FIRST = ("Anna|Bernard|Clara|David|Elena|Felix|Grace|Henrik|Irene|Jonas|Katarina|Liam|Maria|Niels|Olga|Peter|Rosa|Samuel|"
         "Teresa|Ulrich|Vera|Walter|Yvonne|Amina|Björn|Chloé|Émile|José|Zoë|Ingrid|Marta|Tobias|Harriet|Owen|Priya")
LAST = ("Ashworth|Bauer|Castillo|Dumont|Eriksen|Fischer|Greene|Hartmann|Ibrahim|Jansen|Keller|Lindqvist|Moreau|Novak|O'Brien|"
        "Petrov|Quinn|Rossi|Sanders|Takahashi|Urban|Vogel|Whitfield|Young|Zimmermann|Müller|García|Lefèvre|Sørensen|"
        "Thornton|Okafor|Mehta|Blackwood|Carmichael|van Dijk|Pereira")
COMPANY = ("Northgate|Halden|Silverbrook|Castor|Meridian|Oakfield|Bluewater|Kestrel|Ferrum|Lakeside|Summit|Ardent|Pallas|"
           "Greystone|Tamar|Hollis|Redwood|Stellar|Vantage|Westbury|Corvus|Linden|Maple Ridge|Polaris")
BRANCH = ("Logistics|Engineering|Foods|Instruments|Trading|Consulting|Energy|Textiles|Holdings|Systems|Pharma|Timber|"
          "Insurance|Media|Water|Motors|Ceramics|Software|Shipping|Print")
FORM = "Ltd|GmbH|Inc.|plc|S.A.|B.V.|& Co.|Group|AG|LLC"
STREET = ("Mill Lane|Station Road|Harbour Street|Kings Avenue|Elm Grove|Bridge Street|Church Row|Victoria Road|Park Terrace|"
          "Quay Side|High Street|Orchard Close|Canal Walk|Market Place|Garden Way|North Parade")
TOWN = ("Aldbury|Brixworth|Cranmore|Dunstead|Elmhurst|Fairhaven|Glenmoor|Hartwell|Inverley|Kingsford|Langdale|Marlow|"
        "Norwick|Oakham|Penrose|Ravensbury|Selwick|Thornby|Upton|Westerleigh")
REGION = "North|South|East|West|Central|Highlands|Coast|Islands|Lowlands|Metropolitan area|Border counties|River valley"
COUNTRY = ("Austria|Belgium|Brazil|Canada|Chile|Denmark|Estonia|Finland|France|Germany|Ghana|Iceland|India|Ireland|Italy|Japan|"
           "Kenya|Latvia|Mexico|Norway|Peru|Poland|Portugal|Spain|Sweden|Tunisia|Uruguay|Vietnam|New Zealand|South Africa")
JOURNAL = ("Journal of Applied Hydrology|Energy Review|Annals of Public Health|Trade and Policy|Historical Studies|"
           "Computing Letters|Education Quarterly|Proceedings of the Regional Society|International Review of Statistics")
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
