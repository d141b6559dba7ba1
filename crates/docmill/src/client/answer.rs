//! What the server said: a value, or the sentence with which it refused.

use std::error::Error;
use std::path::Path;

use docmill_model::Code;
use docmill_wire::client::Refused as Body;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Answered;
use crate::refusal::{Exit, Refusal};

/// Characters shown of an answer that is not from a document server.
const SHOWN: usize = 200;

/// A call that did not succeed.
#[derive(Debug)]
pub struct ApiError {
    /// `None` when no whole answer came.
    status: Option<StatusCode>,
    /// The stable code, when the server is docmill.
    code: Option<String>,
    sentence: String,
    hint: Option<String>,
}

impl ApiError {
    /// The server did not do what servers of this API do, or something failed on this side.
    pub fn unexpected(sentence: String) -> Self {
        Self { status: None, code: None, sentence, hint: None }
    }

    /// The call cannot even be made.
    pub fn usage(sentence: String) -> Self {
        Self { status: Some(StatusCode::BAD_REQUEST), ..Self::unexpected(sentence) }
    }

    pub fn local(file: &Path, error: &std::io::Error) -> Self {
        Self::usage(format!("cannot read `{}`: {error}", file.display()))
    }

    /// The connection ended in the middle of an answer.
    pub fn broken(error: &reqwest::Error) -> Self {
        Self::unexpected(format!("the server's answer broke off: {}", cause(error)))
    }

    /// No answer came at all.
    pub fn unreached(error: &reqwest::Error) -> Self {
        let at = error.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        Self {
            hint: Some("Is `docmill serve` running there? Name another server with --server.".to_owned()),
            ..Self::unexpected(format!("cannot reach the server {at}: {}", cause(error)))
        }
    }

    /// Reads an answer whose status is no success.
    pub async fn read(response: Response) -> Self {
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        let Some(refused) = Body::read(&body) else {
            let text: String = String::from_utf8_lossy(&body).chars().take(SHOWN).collect();
            return Self {
                status: Some(status),
                code: None,
                sentence: format!("the server answered {status}, and not as a document server does: {text}"),
                hint: Some("Look at the address after --server.".to_owned()),
            };
        };
        let hint = match status {
            StatusCode::UNAUTHORIZED => {
                Some("Give a key with --key or LLAMA_CLOUD_API_KEY; `docmill key create` makes one.".to_owned())
            }
            _ => refused.code.as_deref().and_then(Code::from_text).map(|code| code.advice().to_owned()),
        };
        Self { status: Some(status), code: refused.code, sentence: refused.sentence, hint }
    }

    pub fn is_not_found(&self) -> bool {
        self.status == Some(StatusCode::NOT_FOUND)
    }

    /// Whether another file would have been taken: this one is too large, empty, unreadable or otherwise not wanted.
    pub fn is_about_the_file(&self) -> bool {
        const OF_FILES: [StatusCode; 3] =
            [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNPROCESSABLE_ENTITY];
        self.status.is_some_and(|status| OF_FILES.contains(&status))
    }

    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let is_usage = matches!(error.status, Some(StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY));
        let exit = if is_usage { Exit::Usage } else { Exit::Failed };
        Self { sentence: error.sentence, hint: error.hint, exit }
    }
}

/// The innermost reason: `connection refused` instead of `error sending request`.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

pub async fn json(response: Response) -> Answered<Value> {
    let body = response.bytes().await.map_err(|error| ApiError::broken(&error))?;
    serde_json::from_slice(&body).map_err(|error| ApiError::unexpected(format!("the answer is no JSON: {error}")))
}

pub fn typed<T: DeserializeOwned>(answer: &Value) -> Answered<T> {
    T::deserialize(answer).map_err(|error| {
        ApiError::unexpected(format!("the server's answer is not what this version of docmill knows: {error}"))
    })
}
