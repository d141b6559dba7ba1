//! The first page of a document as a picture inside a page of HTML.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A `data:` address, or a sentence that says why there is none.
pub fn data_address(pages: &Path, name: &str) -> Result<String, String> {
    // Truths are called after their document with or without its ending.
    let path = pages.join(if name.ends_with(".pdf") { name.to_owned() } else { format!("{name}.pdf") });
    if !path.is_file() {
        return Err(format!("There is no {name}.pdf."));
    }
    let output = Command::new("pdftoppm").args(["-png", "-r", "60", "-f", "1", "-l", "1"]).arg(&path).output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err("The picture needs pdftoppm: poppler-utils is missing.".into());
        }
        Err(error) => return Err(format!("pdftoppm did not start: {error}.")),
    };
    if !output.status.success() || output.stdout.is_empty() {
        return Err("pdftoppm could not draw the page.".into());
    }
    Ok(format!("data:image/png;base64,{}", base64(&output.stdout)))
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit) & 63) as usize;
            out.push(if digit > group.len() { '=' } else { char::from(DIGITS[value]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_padded() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob\u{ff}", "Zm9vYsO/")] {
            assert_eq!(base64(text.as_bytes()), expected, "{text}");
        }
    }
}
