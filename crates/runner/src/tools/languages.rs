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

/// What of the wanted languages can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Usable {
    /// Tesseract's names, in the order of the request.
    pub names: Vec<&'static str>,
    /// A sentence for each language that is not there.
    pub missing: Vec<String>,
}

/// Tesseract's names of those of these languages that are there; English when none is given. The error says, when none
/// is, what each one lacks.
pub(super) fn for_tesseract(wanted: &[String], installed: &[String]) -> Result<Usable, String> {
    if wanted.is_empty() {
        return for_tesseract(&["en".to_owned()], installed);
    }
    let mut usable = Usable { names: Vec::new(), missing: Vec::new() };
    for code in wanted {
        match one(code, installed) {
            Ok(name) => usable.names.push(name),
            Err(sentence) => usable.missing.push(sentence),
        }
    }
    if usable.names.is_empty() { Err(usable.missing.join(" ")) } else { Ok(usable) }
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
    fn languages_are_named_as_tesseract_does_and_the_package_of_a_missing_one_is_named() {
        let installed = ["eng", "deu", "chi_sim"].map(str::to_owned);
        // The names, and a part of what each missing one lacks; without names all of it is the error.
        for (wanted, names, missing) in [
            (&[][..], &["eng"][..], &[][..]),
            (&["de", "en"], &["deu", "eng"], &[]),
            (&["ch_sim"], &["chi_sim"], &[]),
            (&["en", "ch_tra"], &["eng"], &["(Debian: tesseract-ocr-chi-tra)"]),
            (&["fr", "de", "abq"], &["deu"], &["tesseract-ocr-fra)", "no data for the language `abq`"]),
            (&["fr", "abq"], &[], &["tesseract-ocr-fra)", "no data for the language `abq`"]),
            (&["../eng"], &[], &["no data for the language `../eng`"]),
        ] {
            let wanted: Vec<String> = wanted.iter().map(|code| (*code).to_owned()).collect();
            let (got, sentences) = match for_tesseract(&wanted, &installed) {
                Ok(usable) => (usable.names, usable.missing),
                Err(message) => (Vec::new(), message.split_inclusive(". ").map(str::to_owned).collect()),
            };
            assert_eq!(got, names, "{wanted:?}");
            assert_eq!(sentences.len(), missing.len(), "{wanted:?}: {sentences:?}");
            let said = sentences.iter().zip(missing).all(|(sentence, part)| sentence.contains(part));
            assert!(said, "{wanted:?}: {sentences:?}");
        }
    }
}
