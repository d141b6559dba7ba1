//! API keys: made here, shown once, kept only as a hash.

use docmill_model::ProjectId;
use docmill_store::NewKey;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Shortest key that may be set by hand: shorter ones can be guessed.
pub const CHARS_MIN: usize = 16;

/// A new key: 244 random bits from the system, in the form that LlamaCloud's keys have (contract 1.2).
pub fn generate() -> String {
    format!("llx-{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// What the store keeps of a key.
pub fn record(project: ProjectId, name: &str, secret: &str) -> NewKey {
    NewKey {
        project,
        name: name.to_owned(),
        secret_hash: hash(secret),
        // Eight of at least sixteen characters: enough to tell keys apart, too few to guess the rest.
        hint: secret.chars().take(8).collect(),
    }
}

/// SHA-256 in lower-case hex. A plain hash is enough: keys are long and random, not chosen by people.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_only_their_hash_is_kept() {
        let (one, two) = (generate(), generate());
        assert_ne!(one, two);
        let kept = record(ProjectId::generate(), "first", &one);
        assert_eq!(kept.secret_hash, hash(&one));
        assert!(!format!("{kept:?}").contains(&one));
    }

    #[test]
    fn the_hash_is_sha256() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
