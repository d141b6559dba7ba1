//! Every dependency must be under a permissive licence.

use crate::metadata;

const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under another licence, each with the reason why it is acceptable. MPL-2.0 covers the package's own files
/// only, and they are used unchanged; they come with docling's HTML reader.
const EXCEPTIONS: &[(&str, &str)] =
    &[("cssparser", "MPL-2.0"), ("cssparser-macros", "MPL-2.0"), ("dtoa-short", "MPL-2.0"), ("selectors", "MPL-2.0")];

pub fn check() -> Result<(), String> {
    let metadata = metadata::load()?;
    let mut count = 0;
    let mut wrong = Vec::new();
    for package in metadata::packages(&metadata).filter(|package| !package["source"].is_null()) {
        count += 1;
        let licence = metadata::text(package, "license");
        let excepted = EXCEPTIONS.contains(&(metadata::text(package, "name"), licence));
        if !excepted && !is_permissive(licence) {
            wrong.push(format!(
                "{} {}: `{licence}`",
                metadata::text(package, "name"),
                metadata::text(package, "version")
            ));
        }
    }
    if wrong.is_empty() {
        println!(
            "licences: {count} packages, all permissive but {} under MPL-2.0 (see xtask/src/licences.rs)",
            EXCEPTIONS.len()
        );
        return Ok(());
    }
    Err(format!("licences: not known to be permissive:\n{}", wrong.join("\n")))
}

/// Reads an SPDX expression without parentheses as "any of ORs, each all of ANDs"; `/` is cargo's old OR. With
/// parentheses every name in it must be permissive: stricter than needed, never laxer.
fn is_permissive(licence: &str) -> bool {
    let known = |name: &str| PERMISSIVE.contains(&name.trim());
    if licence.contains('(') {
        let flat = licence.replace(['(', ')'], "").replace(" OR ", " AND ");
        return flat.split(" AND ").all(known);
    }
    licence.replace('/', " OR ").split(" OR ").any(|option| option.split(" AND ").all(known))
}

#[cfg(test)]
mod tests {
    use super::is_permissive;

    #[test]
    fn expressions_are_read() {
        for (licence, expected) in [
            ("MIT", true),
            ("MIT OR GPL-3.0", true),
            ("MIT/Apache-2.0", true),
            ("Apache-2.0 AND ISC", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("GPL-3.0", false),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-3.0) AND ISC", false),
            ("", false),
        ] {
            assert_eq!(is_permissive(licence), expected, "{licence}");
        }
    }
}
