//! Page tokens: opaque to clients, bound to the route and the filters of the list they continue (contract 1.6).

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::errors::FieldError;

/// Bytes of the digest in a token. It guards against mistakes, not against forgery: a token gives no access.
const DIGEST_BYTES: usize = 8;

/// The token of the page after the row with the id `last`. `filters` are the parameters that choose the rows, in any
/// fixed order; not `page_size` and not `page_token`.
pub fn encode(route: &str, filters: &[(&str, &str)], last: Uuid) -> String {
    let digest = digest(route, filters);
    digest.iter().chain(last.as_bytes()).map(|byte| format!("{byte:02x}")).collect()
}

/// The id in a token. An empty token is none.
pub fn decode(route: &str, filters: &[(&str, &str)], token: &str) -> Result<Option<Uuid>, FieldError> {
    if token.is_empty() {
        return Ok(None);
    }
    let refuse = |message: &str| FieldError::query("page_token", format!("Value error, {message}"), token);
    let bytes = from_hex(token).ok_or_else(|| refuse("this is not a page token of docmill"))?;
    match bytes.split_at_checked(DIGEST_BYTES) {
        Some((found, last)) if found == digest(route, filters) => {
            Uuid::from_slice(last).map(Some).map_err(|_| refuse("this is not a page token of docmill"))
        }
        Some((_, last)) if last.len() == 16 => {
            Err(refuse("this page token belongs to a list with other filters; begin again without it"))
        }
        _ => Err(refuse("this is not a page token of docmill")),
    }
}

fn digest(route: &str, filters: &[(&str, &str)]) -> [u8; DIGEST_BYTES] {
    let mut hash = Sha256::new();
    for part in std::iter::once(route).chain(filters.iter().flat_map(|(name, value)| [*name, *value])) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = [0; DIGEST_BYTES];
    short.iter_mut().zip(hash.finalize().iter()).for_each(|(short, byte)| *short = *byte);
    short
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0 && digits.len() <= 1_000)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: &[(&str, &str)] = &[("status", "RUNNING"), ("name", "")];

    #[test]
    fn a_token_reads_back_only_for_its_own_list() {
        let last = Uuid::now_v7();
        let token = encode("batches", FILTERS, last);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(decode("batches", FILTERS, &token), Ok(Some(last)));
        assert_eq!(decode("batches", FILTERS, ""), Ok(None));
        let other = |filters: &[(&str, &str)]| decode("batches", filters, &token).unwrap_err().msg;
        assert!(other(&[("status", "FAILED"), ("name", "")]).contains("other filters"));
        // The same letters, cut elsewhere.
        assert!(other(&[("status", "RUNNINGname"), ("", "")]).contains("other filters"));
        assert!(decode("directories", FILTERS, &token).is_err());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let whole = encode("batches", FILTERS, Uuid::now_v7());
        for token in ["x", "0", "00", "é", &whole[1..], &whole[2..], &format!("{whole}00"), &"0".repeat(10_000)] {
            assert!(decode("batches", FILTERS, token).is_err(), "{token}");
        }
    }
}
