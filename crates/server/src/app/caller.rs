//! Who calls: the project of an API key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use docmill_model::{Code, ProjectId};
use docmill_store::Project;
use sha2::{Digest, Sha256};

use super::{App, AppError, AppResult};

/// A revoked key is refused this long after its revocation at the latest.
const KEY_KEPT: Duration = Duration::from_secs(1);
/// Keys remembered at a time; a caller with made-up keys fills nothing, because only known ones are kept.
const KEYS_MAX: usize = 1_024;

/// The project that the request's key belongs to. Everything that a request reads or changes is inside it.
#[derive(Debug, Clone)]
pub struct Caller {
    pub project: Project,
}

impl Caller {
    pub const fn project(&self) -> ProjectId {
        self.project.id
    }
}

/// Keys that were looked up a moment ago, by hash, so that polling clients do not cost two reads a request.
#[derive(Default)]
pub struct KeyCache(Mutex<HashMap<String, (Caller, Instant)>>);

impl KeyCache {
    fn get(&self, hash: &str) -> Option<Caller> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(hash).filter(|(_, since)| since.elapsed() < KEY_KEPT).map(|(caller, _)| caller.clone())
    }

    fn put(&self, hash: String, caller: Caller) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX {
            keys.clear();
        }
        keys.insert(hash, (caller, Instant::now()));
    }
}

/// The caller with this secret; `UNAUTHORIZED` when no live key has it. Keys are stored hashed, so the secret is
/// hashed before it is looked up.
pub async fn by_secret(app: &App, secret: &str) -> AppResult<Caller> {
    let hash = hex(&Sha256::digest(secret.as_bytes()));
    if let Some(caller) = app.keys.get(&hash) {
        return Ok(caller);
    }
    let unknown = || AppError::Failure(Code::Unauthorized.into());
    let key = app.store.key_find(&hash).await?.ok_or_else(unknown)?;
    let project = app.store.project_get(key.project).await?.ok_or_else(unknown)?;
    let caller = Caller { project };
    app.keys.put(hash, caller.clone());
    Ok(caller)
}

/// Lower-case hex, as hashes are stored.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
