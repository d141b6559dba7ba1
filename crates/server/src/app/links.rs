//! Signed links: whoever has one reads the bytes it names until it expires, without a key (contract 2.3, 2.4).
//!
//! Signed are the method, the path and the expiry, and never the host, so that a link works behind any proxy. The path
//! names the project, because the store answers nothing without one.

use docmill_model::{Code, FileId, JobId, ProjectId, Timestamp};
use docmill_store::SigningKeys;
use docmill_wire::render::PresignedUrl;
use docmill_wire::result_files::Form;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use super::caller::hex;
use super::{App, AppError, AppResult};

/// Says what the signature is for, so that one of another kind or release never fits.
const PURPOSE: &str = "docmill link 1";
/// The signing key stays at least this long, so that short lifetimes do not make it change all the time.
const KEY_KEPT_MS: i64 = 86_400_000;
/// What stays as it is in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What links begin with (`Site::base`); `None` when neither the request nor the operator says so.
#[derive(Debug, Clone)]
pub struct Base(pub Option<String>);

/// What a link gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The bytes of a stored file.
    File { project: ProjectId, file: FileId },
    /// What a finished job wrote under this name (`Job::outputs`), such as `assets/page-1.png`.
    Asset { project: ProjectId, job: JobId, name: String },
    /// A whole form of a parse job's result, rendered when it is read.
    Form { project: ProjectId, job: JobId, form: Form },
}

impl Target {
    /// The path of the server that serves it, percent-encoded.
    pub fn path(&self) -> String {
        match self {
            Self::File { project, file } => format!("/files/{project}/{file}"),
            Self::Asset { project, job, name } => {
                format!("/outputs/{project}/{job}/{}", utf8_percent_encode(name, PLAIN))
            }
            Self::Form { project, job, form } => format!("/results/{project}/{job}/{}", form.name()),
        }
    }
}

/// Makes the links of one answer.
#[derive(Debug)]
pub struct Links {
    base: String,
    keys: SigningKeys,
    now: Timestamp,
    lifetime_ms: i64,
}

impl Links {
    /// Reads the signing keys once for all links of an answer. `INVALID_REQUEST` when nobody says what links begin with.
    pub async fn open(app: &App, base: &Base) -> AppResult<Self> {
        let Some(base) = base.0.clone() else {
            let message = "The request has no Host header, so no link can be made; send one, or set server.public_url.";
            return Err(AppError::new(Code::InvalidRequest, message));
        };
        let lifetime_ms = app.limits.link_lifetime_ms;
        Ok(Self { base, keys: keys(app).await?, now: app.clock.now(), lifetime_ms })
    }

    /// A link with the default lifetime.
    pub fn presigned(&self, target: &Target) -> PresignedUrl {
        self.presigned_for(target, self.lifetime_ms)
    }

    /// A link that works for `lifetime_ms`, to the second. The caller has checked it against the limit.
    pub fn presigned_for(&self, target: &Target, lifetime_ms: i64) -> PresignedUrl {
        let expires_s = self.now.plus_ms(lifetime_ms).0.div_euclid(1_000);
        let path = target.path();
        let signature = hex(&signature(&self.keys.current.secret, &path, expires_s).finalize().into_bytes());
        let url = format!("{}{path}?expires={expires_s}&signature={signature}", self.base);
        PresignedUrl::new(url, Timestamp(expires_s * 1_000))
    }
}

/// Checks a link that was used: `LINK_INVALID` when its signature is not ours, `LINK_EXPIRED` when it is and too late.
/// `expires_s` counts seconds since 1970, `given` is the signature in hex.
pub async fn check(app: &App, target: &Target, expires_s: i64, given: &str) -> AppResult<()> {
    let keys = keys(app).await?;
    let path = target.path();
    let given = from_hex(given).unwrap_or_default();
    let fits = |secret: &str| signature(secret, &path, expires_s).verify_slice(&given).is_ok();
    if !fits(&keys.current.secret) && !keys.predecessor.is_some_and(|key| fits(&key.secret)) {
        return Err(AppError::Failure(Code::LinkInvalid.into()));
    }
    let expires_at = Timestamp(expires_s.saturating_mul(1_000));
    if expires_at <= app.clock.now() {
        return Err(AppError::new(Code::LinkExpired, format!("The link expired at {expires_at}; ask for a new one.")));
    }
    Ok(())
}

/// A predecessor outlives every link that it signed, because the next rotation is further away than their expiry.
async fn keys(app: &App) -> AppResult<SigningKeys> {
    let kept_ms = app.limits.link_lifetime_ms_max.max(KEY_KEPT_MS);
    Ok(app.store.signing_keys(kept_ms).await?)
}

fn signature(secret: &str, path: &str, expires_s: i64) -> Hmac<Sha256> {
    // Only GET (and so HEAD) links exist; the method is in the text so that no other can ever pass for one.
    let text = format!("{PURPOSE}\nGET\n{path}\nexpires={expires_s}");
    <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
        .chain_update(text.as_bytes())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect())
}
