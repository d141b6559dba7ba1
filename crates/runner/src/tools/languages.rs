//! OCR languages: codes of the API (contract 3.7) to tesseract's.

/// Those that tesseract has data for. The other codes of the contract have none.
const LANGUAGES: &[(&str, &str)] = &[
    ("af", "afr"),
    ("ar", "ara"),
    ("as", "asm"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("bs", "bos"),
    ("ch_sim", "chi_sim"),
    ("ch_tra", "chi_tra"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("en", "eng"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "fas"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("ku", "kmr"),
    ("la", "lat"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mi", "mri"),
    ("mn", "mon"),
    ("mr", "mar"),
    ("ms", "msa"),
    ("mt", "mlt"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("no", "nor"),
    ("oc", "oci"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("rs_cyrillic", "srp"),
    ("rs_latin", "srp_latn"),
    ("ru", "rus"),
    ("sa", "san"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sq", "sqi"),
    ("sv", "swe"),
    ("sw", "swa"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tjk", "tgk"),
    ("tl", "fil"),
    ("tr", "tur"),
    ("ug", "uig"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
];

/// Tesseract's names of these languages, in the same order; English when none is given. The error is the sentence for
/// the first language that is not there.
pub(super) fn for_tesseract(wanted: &[String], installed: &[String]) -> Result<Vec<&'static str>, String> {
    if wanted.is_empty() {
        return for_tesseract(&["en".to_owned()], installed);
    }
    wanted.iter().map(|code| one(code, installed)).collect()
}

fn one(code: &str, installed: &[String]) -> Result<&'static str, String> {
    let Some((_, name)) = LANGUAGES.iter().find(|(known, _)| *known == code) else {
        let code: String = code.chars().take(20).collect();
        return Err(format!("The OCR program has no data for the language `{code}`."));
    };
    if installed.iter().any(|language| language == name) {
        return Ok(name);
    }
    let package = name.replace('_', "-");
    Err(format!("The OCR language `{code}` is not installed (Debian: tesseract-ocr-{package})."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_as_tesseract_does_or_the_package_is_named() {
        let installed = ["eng", "deu", "chi_sim"].map(str::to_owned);
        for (wanted, expected) in [
            (&[][..], Ok(vec!["eng"])),
            (&["de", "en"], Ok(vec!["deu", "eng"])),
            (&["ch_sim"], Ok(vec!["chi_sim"])),
            (&["en", "ch_tra"], Err("(Debian: tesseract-ocr-chi-tra)")),
            (&["abq"], Err("no data for the language `abq`")),
            (&["../eng"], Err("no data for the language `../eng`")),
        ] {
            let wanted: Vec<String> = wanted.iter().map(|code| (*code).to_owned()).collect();
            match (for_tesseract(&wanted, &installed), expected) {
                (Ok(got), Ok(names)) => assert_eq!(got, names),
                (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
                (got, _) => panic!("{wanted:?}: {got:?}"),
            }
        }
    }
}
