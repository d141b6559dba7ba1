//! Lines that name a place with its post code, and lines that name a street.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::recognise::pattern;
use crate::tokens::fold;

/// ISO code and names of the countries that documents in the labels' languages name most.
pub const COUNTRIES: &[&str] = &[
    "US|us|usa|united states|united states of america|vereinigte staaten|etats-unis|estados unidos|ee. uu.|u.s.a.",
    "GB|gb|united kingdom|great britain|england|scotland|wales|uk|grossbritannien|vereinigtes konigreich|royaume-uni|reino unido",
    "DE|germany|deutschland|allemagne|alemania|duitsland",
    "FR|france|frankreich|francia|frankrijk",
    "ES|spain|spanien|espagne|espana|spanje",
    "AT|austria|osterreich|autriche|oostenrijk",
    "CH|switzerland|schweiz|suisse|suiza|zwitserland",
    "NL|netherlands|the netherlands|niederlande|pays-bas|paises bajos|nederland",
    "BE|belgium|belgien|belgique|belgica|belgie",
    "LU|luxembourg|luxemburg|luxemburgo",
    "IT|italy|italien|italie|italia",
    "PT|portugal",
    "IE|ireland|irland|irlande|irlanda",
    "DK|denmark|danemark|dinamarca",
    "SE|sweden|schweden|suede|suecia",
    "NO|norway|norwegen|norvege|noruega",
    "FI|finland|finnland|finlande|finlandia",
    "PL|poland|polen|pologne|polonia",
    "CZ|czech republic|czechia|tschechien|republique tcheque|republica checa",
    "CA|canada|kanada",
    "MX|mexico|mexiko|mexique",
    "AU|australia|australien|australie",
    "IN|india|indien|inde",
    "CN|china|chine",
    "HK|hong kong|hongkong",
    "JP|japan|japon",
    "BR|brazil|brasilien|bresil|brasil",
    "AR|argentina|argentinien|argentine",
];

const STATES: &str = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|\
    Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|\
    Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|\
    Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|\
    Wisconsin|Wyoming|Ontario|Quebec|British Columbia|Alberta|Manitoba|Nova Scotia|Saskatchewan|Karnataka|Maharashtra";

/// Where the parts of a place stand in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    pub code: Range<usize>,
    pub city: Option<Range<usize>>,
    pub state: Option<Range<usize>>,
    pub country: Option<Range<usize>>,
}

/// The place that a text ends with, or that a country follows.
pub fn place(text: &str) -> Option<Place> {
    const CITY: &str = r"\p{Lu}[\p{L}'’.-]*(?:[ /-](?:\p{L}[\p{L}'’.-]*|\(\p{L}[\p{L}. -]*\)))*?";
    const END: &str = r"(?: ?[,·|•(–-] ?(?P<country>\p{L}[\p{L}. -]+?)\)?)?[ ,.]*$";
    static FORMS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
        [
            pattern(&format!(
                r"(?:^|[ ,·|•])(?P<city>{CITY}),? (?P<state>[A-Z]{{2}}|{STATES}) (?P<code>\d{{5}}(?:-\d{{4}})?|[A-Z]\d[A-Z] ?\d[A-Z]\d){END}"
            )),
            pattern(&format!(
                r"(?:^|[ ,·|•])(?:[A-Z]{{1,2}}[- ])?(?P<code>\d{{4}} ?[A-Z]{{2}}|\d{{4,5}}) (?P<city>{CITY}){END}"
            )),
            pattern(&format!(
                r"(?:^|[ ,·|•])(?:(?P<city>{CITY}),? )?(?P<code>[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}){END}"
            )),
        ]
    });
    if text.len() > 200 || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    FORMS.iter().find_map(|form| {
        let found = form.captures(text)?;
        let range = |name: &str| found.name(name).map(|part| part.range());
        let (code, city) = (range("code")?, range("city"));
        let start = city.as_ref().map_or(code.start, |city| city.start.min(code.start));
        let known = |range: &Range<usize>| {
            let name = fold(&text[range.clone()]);
            COUNTRIES.iter().any(|names| names.split('|').any(|known| known == name))
        };
        let country = range("country").filter(known);
        Some(Place { start, code, city, state: range("state"), country })
    })
}

const STREETS: &[&str] = &[
    "street",
    "st",
    "st.",
    "road",
    "rd",
    "rd.",
    "avenue",
    "ave",
    "ave.",
    "lane",
    "drive",
    "dr.",
    "way",
    "square",
    "place",
    "court",
    "boulevard",
    "blvd",
    "parkway",
    "terrace",
    "close",
    "crescent",
    "row",
    "wharf",
    "strasse",
    "str.",
    "weg",
    "platz",
    "allee",
    "gasse",
    "ring",
    "ufer",
    "damm",
    "rue",
    "chemin",
    "quai",
    "impasse",
    "route",
    "cours",
    "allees",
    "calle",
    "c/",
    "avenida",
    "avda.",
    "av.",
    "plaza",
    "paseo",
    "camino",
    "carretera",
    "ronda",
    "via",
    "straat",
    "laan",
    "plein",
    "gracht",
    "kade",
    "postfach",
    "box",
];

/// A line with a house number, or with a word for a street.
pub fn is_street(text: &str) -> bool {
    let folded = fold(text.trim());
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let named = folded.split([' ', ',']).any(|word| {
        STREETS
            .iter()
            .any(|street| word == *street || street.len() > 3 && word.len() > street.len() && word.ends_with(street))
    });
    let shaped = letters >= 3 && (1..=6).contains(&digits) && digits < letters && folded.len() <= 60;
    !folded.contains(['@', ':', '€', '$', '%']) && folded.len() <= 80 && (named && letters >= 4 || shaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_in_the_forms_of_many_countries() {
        for (text, code, city, state, country) in [
            ("63571 Gelnhausen", "63571", Some("Gelnhausen"), None, None),
            ("D-63571 Bad Orb", "63571", Some("Bad Orb"), None, None),
            ("3012 CN Rotterdam", "3012 CN", Some("Rotterdam"), None, None),
            ("13600 Aix-en-Provence, France", "13600", Some("Aix-en-Provence"), None, Some("France")),
            ("Fremont CA 94538", "94538", Some("Fremont"), Some("CA"), None),
            ("San Francisco, California 94110", "94110", Some("San Francisco"), Some("California"), None),
            ("Seattle, WA 98109-5210, US", "98109-5210", Some("Seattle"), Some("WA"), Some("US")),
            ("Cardiff CF0 9BT", "CF0 9BT", Some("Cardiff"), None, None),
            ("SW1A 1AA", "SW1A 1AA", None, None, None),
        ] {
            let found = place(text);
            let of = |range: Option<Range<usize>>| range.map(|range| &text[range]);
            let read = found.map(|p| (&text[p.code.clone()], of(p.city), of(p.state), of(p.country)));
            assert_eq!(read, Some((code, city, state, country)), "{text}");
        }
        for text in ["Invoice 2024", "Total 1,234.00", "on 12345 occasions we said", ""] {
            assert_eq!(place(text), None, "{text}");
        }
    }

    #[test]
    fn streets_are_known() {
        for (text, expected) in [
            ("4557 De Silva St", true),
            ("Uferweg 40-42", true),
            ("12 rue des Lilas", true),
            ("Plaza de España", true),
            ("Mill & Co", false),
            ("Total: 12.00", false),
            ("2024-05-06", false),
        ] {
            assert_eq!(is_street(text), expected, "{text}");
        }
    }
}
