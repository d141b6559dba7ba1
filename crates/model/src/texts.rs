//! Which files may be empty. A text without characters is a document without text; any other file without bytes is what is
//! left of a write or an upload that failed.

/// Extensions of formats whose files are text from their first byte to their last, lower case, without the dot. The
/// table of formats has the same, and a test keeps that true.
const TEXTS: &str = "\
    adoc asc asciidoc bash bat c cc cfg cjs clj cmake cmd conf cpp cs css csv cxx dart diff env erl ex exs \
    fish go gql gradle graphql groovy h hh hpp hs htm html ini java jl js json jsonl jsx kt kts latex less log \
    lua m markdown md mjs mk mm ndjson patch php pl pm pml prn properties proto ps1 py pyi qmd r rb rmd rs \
    scala scss sh sql swift tex text toml ts tsv tsx txt vtt xhtm xhtml xml yaml yml yxmd zsh";

/// Extensions of files that may be empty.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    TEXTS.split_whitespace()
}

/// Whether a file of this name is a document even when it has no bytes. A name that says nothing promises no text.
pub fn may_be_empty(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.rsplit_once('.').is_some_and(|(_, extension)| {
        let extension = extension.to_ascii_lowercase();
        extensions().any(|text| text == extension)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_be_empty_and_others_may_not() {
        for (name, expected) in [
            ("notes.txt", true),
            ("src/__init__.py", true),
            ("A.MD", true),
            ("table.csv", true),
            ("page.html", true),
            (".env", true),
            ("scan.pdf", false),
            ("report.docx", false),
            ("picture.png", false),
            ("letter.eml", false),
            ("drawing.svg", false),
            ("LICENSE", false),
            ("notes.txt/x", false),
            ("", false),
        ] {
            assert_eq!(may_be_empty(name), expected, "{name}");
        }
    }
}
