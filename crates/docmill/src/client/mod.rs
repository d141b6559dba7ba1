//! A server's API over HTTP, as the commands of this program use it.
//!
//! Answers are handed on as they came (`serde_json::Value`): `--json` prints them unchanged, and what people see is
//! read from them by the types of `docmill_wire::client`.

mod answer;
mod server;
mod tries;

pub use answer::{ApiError, typed};
pub use server::{ServerArgs, client_at};

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use docmill_wire::client::{Page, requests};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::refusal::{Refusal, Refused};
use tries::Tries;

/// Time to reach the server.
const CONNECT: Duration = Duration::from_secs(10);
/// Time without a single byte, in either direction, after which the server counts as gone.
const SILENCE: Duration = Duration::from_secs(120);

/// Names a create, so that a server can tell one that is sent again from a second one.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub type Answered<T> = Result<T, ApiError>;

/// Query parameters; a name may come several times.
pub type Query<'a> = &'a [(&'a str, String)];

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: String,
}

impl Client {
    /// A client of the server at `base`, an `http` or `https` URL without path, query and fragment.
    pub fn new(base: &str, key: &str) -> Refused<Self> {
        let refuse = |why: &str| {
            Refusal::usage(format!("`{base}` is not usable as a server's address: {why}"))
                .hint("Write it as http://127.0.0.1:8484.")
        };
        let base = Url::parse(base).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(refuse("it must begin with http:// or https://"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(refuse("it must end before any ? or #"));
        }
        // Refused only when a provider was chosen before, which is then the one that is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .user_agent(concat!("docmill/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Refusal::failed(format!("cannot prepare HTTP: {error}")))?;
        Ok(Self { http, base, key: key.to_owned() })
    }

    /// Where the server is, without a slash at the end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    pub async fn get(&self, path: &str, query: Query<'_>) -> Answered<Value> {
        answer::json(self.send(Method::GET, path, query, None).await?).await
    }

    pub async fn post(&self, path: &str, body: Option<&Value>) -> Answered<Value> {
        answer::json(self.send(Method::POST, path, &[], body).await?).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answered<Value> {
        answer::json(self.send(Method::PATCH, path, &[], Some(body)).await?).await
    }

    /// `None` where the server says nothing about what is gone.
    pub async fn delete(&self, path: &str) -> Answered<Option<Value>> {
        let response = self.send(Method::DELETE, path, &[], None).await?;
        if response.status() == reqwest::StatusCode::NO_CONTENT {
            return Ok(None);
        }
        answer::json(response).await.map(Some)
    }

    /// All entries of a list, at most `most` of them, in pages as large as the
    /// server likes them.
    pub async fn list(&self, path: &str, query: Query<'_>, most: usize) -> Answered<Vec<Value>> {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut asked = query.to_vec();
            asked.extend(token.map(|token| ("page_token", token)));
            let page: Page = typed(&self.get(path, &asked).await?)?;
            items.extend(page.items);
            token = page.next_page_token;
            if token.is_none() || items.len() >= most {
                items.truncate(most);
                return Ok(items);
            }
        }
    }

    /// Sends a file from the disk as the part `part`, with text parts beside it.
    pub async fn upload(&self, path: &str, part: &'static str, file: &Path, texts: Query<'_>) -> Answered<Value> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let url = self.url(path, &[])?;
        let key = Uuid::new_v4().to_string();
        let mut tries = Tries::new(true);
        loop {
            let open = tokio::fs::File::open(file).await.map_err(|error| ApiError::local(file, &error))?;
            let bytes = open.metadata().await.map_err(|error| ApiError::local(file, &error))?.len();
            let mut form = Form::new();
            for (text, value) in texts {
                form = form.text((*text).to_owned(), value.clone());
            }
            let body = Part::stream_with_length(open, bytes).file_name(name.clone());
            let request = self.http.post(url.clone()).bearer_auth(&self.key).header(IDEMPOTENCY_KEY, &key);
            let sent = request.multipart(form.part(part, body)).send().await;
            if let Some(response) = tries.judge(sent).await? {
                return answer::json(response).await;
            }
        }
    }

    /// Writes the body of an answer to `to`; the number of bytes.
    pub async fn save(&self, path: &str, query: Query<'_>, to: &mut (dyn Write + Send)) -> Answered<u64> {
        copy(self.send(Method::GET, path, query, None).await?, to).await
    }

    /// Follows a link of an answer, which needs no key: the key is for this server only.
    pub async fn follow(&self, link: &str, to: &mut (dyn Write + Send)) -> Answered<u64> {
        let url = self.base.join(link).map_err(|_| ApiError::unexpected(format!("the link `{link}` is no URL")))?;
        let mut tries = Tries::new(true);
        loop {
            if let Some(response) = tries.judge(self.http.get(url.clone()).send().await).await? {
                return copy(response, to).await;
            }
        }
    }

    async fn send(&self, method: Method, path: &str, query: Query<'_>, body: Option<&Value>) -> Answered<Response> {
        let url = self.url(path, query)?;
        let key = Uuid::new_v4().to_string();
        // Reading and deleting twice is the same as once; creates carry a key that makes them so.
        let mut tries = Tries::new(method != Method::PATCH);
        loop {
            let mut request: RequestBuilder = self.http.request(method.clone(), url.clone()).bearer_auth(&self.key);
            if method == Method::POST {
                request = request.header(IDEMPOTENCY_KEY, &key);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(response) = tries.judge(request.send().await).await? {
                return Ok(response);
            }
        }
    }

    fn url(&self, path: &str, query: Query<'_>) -> Answered<Url> {
        // Paths are made of names and ids; anything else in them was typed as an id.
        let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        let url = Url::parse(&format!("{}{path}", self.base())).ok().filter(|_| is_plain && !path.contains(".."));
        let mut url = url.ok_or_else(|| ApiError::usage(format!("`{path}` is no path of a server: an id is wrong")))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

async fn copy(mut response: Response, to: &mut (dyn Write + Send)) -> Answered<u64> {
    let mut bytes = 0;
    while let Some(piece) = response.chunk().await.map_err(|error| ApiError::broken(&error))? {
        to.write_all(&piece).map_err(|error| ApiError::unexpected(format!("cannot write the answer: {error}")))?;
        bytes += piece.len() as u64;
    }
    Ok(bytes)
}

/// An answer read as `T`.
pub fn read<T: DeserializeOwned>(answer: &Value) -> Refused<T> {
    Ok(typed(answer)?)
}

/// The saved configuration with this id or name; presets are known to every server.
pub async fn configuration(client: &Client, given: &str) -> Refused<Option<Value>> {
    if given.starts_with("cfg-") {
        return match client.get(&requests::configuration(given), &[]).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    let named = client.list(requests::CONFIGURATIONS, &[("name", given.to_owned())], 2).await?;
    if named.len() > 1 {
        return Err(
            Refusal::usage(format!("`{given}` is the name of several configurations")).hint("Give the id instead.")
        );
    }
    Ok(named.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_its_url() {
        for (given, expected) in [
            ("http://127.0.0.1:8484", Ok("http://127.0.0.1:8484")),
            ("https://docs.example.com/", Ok("https://docs.example.com")),
            ("https://example.com/docmill", Ok("https://example.com/docmill")),
            ("127.0.0.1:8484", Err("is not usable as a server's address")),
            ("ftp://x", Err("it must begin with http:// or https://")),
            ("http://x/?a=b", Err("it must end before any ? or #")),
        ] {
            match (Client::new(given, "llx-x"), expected) {
                (Ok(client), Ok(base)) => assert_eq!(client.base(), base),
                (Err(refusal), Err(part)) => assert!(refusal.sentence.contains(part), "{refusal}"),
                (got, _) => panic!("{given}: {got:?}"),
            }
        }
    }
}
