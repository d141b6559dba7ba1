//! How far a child is believed. Everything that it says comes from a process that a document may have taken over.

use docmill_model::{Code, Failure, FailureClass};

use super::process::Death;

/// Longest name of a picture, characters.
const ASSET_NAME_CHARS_MAX: usize = 128;
/// Longest sentence that a child may give, characters.
const MESSAGE_CHARS_MAX: usize = 500;

/// A child's failure as far as it may decide: it may say what is wrong with the file, not that the queue must try
/// again for ever, and not in a whole book.
pub(super) fn believed(failure: Failure) -> Failure {
    let code = match failure.class() {
        FailureClass::File | FailureClass::Caller => failure.code,
        FailureClass::Strike | FailureClass::Transient | FailureClass::Bug => Code::Internal,
    };
    Failure::new(code, failure.message.chars().take(MESSAGE_CHARS_MAX).collect::<String>())
}

/// Rust's own last words when the address space is used up.
pub(super) fn ran_out_of_memory(death: &Death) -> bool {
    death.stderr.contains("memory allocation of")
}

/// Names become parts of paths and of URLs.
pub(super) fn is_safe_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=ASSET_NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_or_refused() {
        for (name, safe) in [
            ("page_1.png", true),
            ("image-3.jpg", true),
            ("", false),
            (".hidden", false),
            ("..", false),
            ("a/b.png", false),
            ("a\\b.png", false),
            ("a b.png", false),
            ("\u{e4}.png", false),
            (&"a".repeat(129), false),
        ] {
            assert_eq!(is_safe_name(name), safe, "{name}");
        }
    }

    #[test]
    fn a_child_says_what_is_wrong_with_the_file_and_no_more() {
        for (said, expected) in [
            (Code::PdfIsProtected, Code::PdfIsProtected),
            (Code::StoreUnavailable, Code::Internal),
            (Code::ReaderDied, Code::Internal),
        ] {
            assert_eq!(believed(Failure::new(said, "x".repeat(9_000))), Failure::new(expected, "x".repeat(500)));
        }
    }
}
