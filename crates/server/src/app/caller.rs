//! Who calls: the project of an API key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use docmill_model::{Code, KeyId, ProjectId, Timestamp};
use docmill_store::{Once, Project};
use serde::Serialize;
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
    key: KeyId,
    /// How the request came; set by the one who unpacked it.
    pub sent: Sent,
}

/// What tells a request that is sent again from a new one.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Method and path.
    pub route: String,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Sends of this request before this one, when the client counts them (`x-stainless-retry-count`).
    pub before: Option<u32>,
    pub arrived: Timestamp,
}

impl Caller {
    pub const fn project(&self) -> ProjectId {
        self.project.id
    }

    /// The mark of the create that this request asks for; `fields` is all that it was given, read. `None` for a client
    /// that neither counts its sends nor names them: it cannot ask for the first answer either.
    pub fn once(&self, app: &App, fields: &impl Serialize) -> Option<Once> {
        let body = hashed(fields);
        let who = (self.key.to_string(), &self.sent.route);
        let (id, again) = match (&self.sent.idempotency_key, self.sent.before) {
            (Some(key), _) => (hashed(&(who, "key", key)), true),
            (None, Some(before)) => (hashed(&(who, "fields", &body)), before > 0),
            (None, None) => return None,
        };
        Some(Once { id, body, again, arrived: self.sent.arrived, kept_ms: app.limits.create_kept_ms })
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
    let caller = Caller { project, key: key.id, sent: Sent::default() };
    app.keys.put(hash, caller.clone());
    Ok(caller)
}

/// Names of fields and values are JSON already, so writing them cannot fail.
fn hashed(fields: &impl Serialize) -> String {
    hex(&Sha256::digest(serde_json::to_vec(fields).unwrap_or_default()))
}

/// Lower-case hex, as hashes are stored.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
