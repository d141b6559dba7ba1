"""English word lists: sentences are put together from phrases that agree with each other whatever the choice."""

THEMES = {
    "water": dict(
        things="survey|reservoir|pumping station|catchment|river gauge|treatment works|monitoring network|flood defence|"
               "groundwater model|drainage plan|sampling campaign|water balance|distribution main|sluice|aquifer",
        plurals="water levels|abstraction licences|sediment samples|flow records|storm overflows|nitrate readings|"
                "pressure losses|seasonal inflows|leakage rates|filter beds|tributaries|storage tanks",
        adjectives="seasonal|upstream|regional|revised|long-term|artificial|shallow|municipal|untreated|calibrated"),
    "energy": dict(
        things="turbine|distribution grid|storage facility|tariff scheme|cooling system|heat pump|load forecast|substation|"
               "solar array|capacity market|transmission line|boiler house|district heating loop|inverter",
        plurals="peak loads|emission factors|outage reports|fuel prices|connection requests|battery packs|meter readings|"
                "efficiency gains|network charges|wind speeds|maintenance intervals",
        adjectives="offshore|hourly|thermal|intermittent|decentralised|contracted|insulated|low-voltage|marginal|national"),
    "health": dict(
        things="clinical trial|screening programme|ward|control group|treatment protocol|outpatient clinic|dosage plan|"
               "referral pathway|follow-up visit|ethics committee|patient registry|blood test|care plan",
        plurals="admissions|side effects|waiting times|baseline measurements|symptoms|prescriptions|outcomes|"
                "infection rates|consent forms|nursing hours|risk factors",
        adjectives="randomised|chronic|preventive|elderly|acute|moderate|blinded|primary|statistical|respiratory"),
    "trade": dict(
        things="warehouse|supply contract|customs office|delivery schedule|freight terminal|price list|order book|retail branch|"
               "loyalty scheme|purchasing department|distribution centre|annual budget|audit committee|payment run",
        plurals="import duties|order volumes|storage costs|delivery delays|exchange rates|suppliers|operating margins|"
                "customer complaints|returns|inventory counts|container shipments",
        adjectives="quarterly|wholesale|overdue|consolidated|international|discounted|domestic|competitive|fiscal|bonded"),
    "history": dict(
        things="monastery|excavation|city archive|trade route|harbour wall|charter|guild|merchant house|manuscript|fortress|"
               "parish register|market square|royal court|burial ground|copper mine|chronicle",
        plurals="letters|coin hoards|tax rolls|pottery fragments|land grants|travellers|inscriptions|timber beams|"
                "stone foundations|court records|wall paintings",
        adjectives="medieval|coastal|abandoned|fortified|ecclesiastical|anonymous|restored|northern|ornate|fragmentary"),
    "software": dict(
        things="scheduler|cache layer|search index|data pipeline|message queue|release branch|access policy|user interface|"
               "load balancer|compiler|storage engine|parser|backup job|network protocol|test suite",
        plurals="log entries|latency spikes|unit tests|background tasks|configuration files|client requests|memory leaks|"
                "access tokens|database rows|error codes|benchmark results",
        adjectives="distributed|incremental|asynchronous|deprecated|redundant|concurrent|encrypted|stateless|nightly|idle"),
    "schools": dict(
        things="curriculum|reading programme|school board|lecture hall|admission process|teacher survey|learning platform|"
               "scholarship fund|language course|student union|examination timetable|library|mentoring scheme",
        plurals="test scores|class sizes|enrolment figures|attendance records|workshops|textbooks|grant applications|"
                "literacy levels|graduates|parents|seminar groups",
        adjectives="bilingual|vocational|compulsory|part-time|rural|voluntary|formative|inclusive|digital|annual"),
}

PAST = ("covered|described|exceeded|replaced|influenced|confirmed|supported|reduced|changed|delayed|improved|measured|"
        "documented|linked|complicated|explained|preceded|reflected|doubled|justified|limited|revealed|shaped|revised")
PASSIVE = ("was approved|was completed|was postponed|was inspected|was published|was extended|was closed|was rebuilt|"
           "was discussed|was tested again|was judged adequate|was funded jointly|was opened to the public|was recorded")
PASSIVES = ("were collected|were compared|were corrected|were reported|were stored|were rejected|were published|were counted|"
            "were assigned at random|were estimated|were withdrawn|were merged|were examined in detail|were left unchanged")
WHEN = ("in the first half of the year|during the winter|after a short delay|at the end of the second phase|before the review|"
        "over the past decade|within a few weeks|for most of the period|since the reform|in the following spring|"
        "on several occasions|at an early stage|in both years|throughout the region|between March and June")
OPEN = ("However|In contrast|As a result|In practice|For this reason|At the same time|Moreover|By comparison|In most cases|"
        "Despite these limits|Taken together|On balance|Nevertheless|As expected|In addition|More recently|In the long run")
CLAUSE = ("although the costs were higher than planned|which had not been expected|because no earlier data existed|"
          "while the remaining sites stayed open|so that the work could continue|as the committee had requested|"
          "even though staff numbers fell|where local conditions allowed it|until a permanent solution is found|"
          "if the current trend continues|which is consistent with earlier findings|and the difference was small|"
          "but the reasons remain unclear|as shown by the most recent figures|since the two methods differ")
LEAD = ("There is little evidence that|It is generally accepted that|The authors conclude that|It should be noted that|"
        "Several observers reported that|The second report states that|We assume that|Officials said on Monday that|"
        "Early results suggest that|It was agreed that|The board was informed that|Critics argue that")
MODAL = ("should be reviewed every year|can be reduced by careful planning|may differ between regions|will depend on funding|"
         "must be reported without delay|could not be verified|cannot be explained by chance alone|would require new equipment|"
         "should not be read as a forecast|may be extended by mutual consent|will be phased in gradually")
ROLES = ("the project team|the steering group|a local contractor|the finance department|an independent panel|the manager|"
         "the regional office|two external experts|the technical committee|the new director|a visiting researcher")
DID = ("presented a draft|asked for further details|agreed to the proposal|visited all sites|prepared a summary|"
       "recommended a second inspection|rejected the first offer|set a deadline|compared the alternatives|"
       "warned of rising costs|welcomed the decision|published its findings")
NUMBERS = ("about {n} of the {p}|more than {n} {p}|roughly {k} per cent of the {p}|a total of {n} {p}|"
           "between {k} and {m} {p}|almost half of the {p}")
HEADS = ("Introduction|Background|Methods and materials|Results|Discussion|Conclusions|Scope|Overview|Summary of findings|"
         "Next steps|Recommendations|Definitions|Limitations|Data sources|Governance|Outlook|Related work|Risk management|"
         "Implementation|Evaluation|Terms of reference|Planning assumptions|Stakeholder views|Lessons learned|Timetable|"
         "Costs and benefits|Study area|Experimental design|Roles and responsibilities|Monitoring and reporting")
HEAD_FRAMES = ("{A} {p}|The {a} {t}|{A} {p} and the {t}|How the {t} changed|{P} in the {a} {t}|Managing {p}|A new {t} for {a} {p}|"
               "The role of {p}|Measuring {a} {p} in practice|{P}: causes and effects|Towards a {a} {t}|What the {t} tells us about {p}|"
               "Why {p} matter|{A} {t}|Changes to the {t}")
LABELS = ("Name|Date of birth|Address|Telephone|E-mail|Customer number|Order date|Delivery date|Contact person|Department|"
          "Reference|Tax number|Invoice number|Account holder|Nationality|Occupation|Valid until|Issued by|Project code|"
          "Cost centre|Registration number|Place of birth|Employer|Policy number|Branch|Start date|Status|Priority")
UNITS = "mm|kg|kW|m³/s|km|mg/l|h|°C|bar|%|kWh|m²|dB|V|A|rpm"
PRODUCTS = ("Steel bracket|Copper pipe 22 mm|Office chair|Printer cartridge|LED panel|Fire door set|Consulting hours|Site survey|"
            "Annual licence|Shipping and handling|Cable drum|Pressure valve|Ceiling tile|Safety helmet|Filter cartridge|"
            "Installation service|Travel expenses|Oak shelf board|Glass pane|Training day|Spare part kit|Control unit|"
            "Paint, white, 10 l|Anchor bolts (box of 50)|Insulation roll|Server rack|Water meter|Software maintenance")
ACCOUNTS = ("Trade receivables|Inventories|Cash and cash equivalents|Property, plant and equipment|Intangible assets|Goodwill|"
            "Deferred tax assets|Other current assets|Trade payables|Provisions|Long-term borrowings|Lease liabilities|"
            "Share capital|Retained earnings|Other reserves|Revenue|Cost of sales|Distribution costs|Administrative expenses|"
            "Finance income|Finance costs|Income tax expense|Depreciation|Impairment losses|Employee benefits|"
            "Investments in associates|Prepayments and accrued income|Current tax liabilities|Research expenditure")
