//! A document on the web (`source_url`) into the attempt's own outputs, so that readers can read it as often as they
//! need. It goes when the job has its result.

use std::time::Duration;

use docmill_model::network::file_name;
use docmill_model::texts::may_be_empty;
use docmill_model::{Code, Failure};
use docmill_store::{BlobRef, ClaimedJob, Content, outputs_prefix};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, StatusCode, Url};
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::network;
use crate::work::held::Held;
use crate::work::stop::End;

/// Name of the document under the attempt's prefix.
const SOURCE: &str = "source";

/// What docmill calls itself.
const USER_AGENT: &str = concat!("docmill/", env!("CARGO_PKG_VERSION"));

pub(super) struct Wanted<'a> {
    pub url: &'a str,
    /// What the address calls the document.
    pub name: &'a str,
    pub proxy: Option<&'a str>,
}

pub(super) struct Fetched {
    pub name: String,
    pub content: Content,
    key: String,
}

impl Fetched {
    /// The document was read and is not needed any more.
    pub async fn forget(&self, context: &Context) -> Result<(), End> {
        Ok(context.blobs.delete(&self.key).await?)
    }
}

/// Fetches the document within its size and time. Fails with `ADDRESS_FORBIDDEN`, `PROXY_FORBIDDEN`, `SOURCE_REFUSED`
/// and `SOURCE_TOO_LARGE` at once, and with `SOURCE_UNREACHABLE` for what another try may mend.
pub(super) async fn fetch(
    context: &Context,
    claimed: &ClaimedJob,
    wanted: &Wanted<'_>,
    held: &Held,
) -> Result<Fetched, End> {
    let time = Duration::from_millis(context.settings.guard.settings().source_timeout_ms);
    let work = async {
        let answer = follow(context, wanted).await?;
        let name = name(&answer, wanted.name);
        let (content, key) = keep(context, claimed, answer, &name).await?;
        context.counters.sources_fetched.inc();
        Ok(Fetched { name, content, key })
    };
    tokio::select! {
        fetched = tokio::time::timeout(time, work) => {
            fetched.unwrap_or_else(|_| Err(unreachable("it took longer than the limit").into()))
        }
        stop = held.stop().wait() => Err(End::Stopped(*stop)),
    }
}

/// The answer at the end of the redirects, each of which is checked as the first address was.
async fn follow(context: &Context, wanted: &Wanted<'_>) -> Result<Response, Failure> {
    let client = match wanted.proxy {
        Some(proxy) => context.network.through(proxy)?,
        None => context.network.direct()?,
    };
    let mut url = context.network.check(wanted.url)?;
    let redirects_max = context.settings.guard.settings().source_redirects_max;
    for _ in 0..=redirects_max {
        let answer = get(&client, url.clone()).await?;
        let Some(next) = next_address(&url, &answer) else { return accepted(answer) };
        url = context.network.check(next?.as_str())?;
    }
    Err(Failure::new(Code::SourceRefused, format!("The address leads on more than {redirects_max} times.")))
}

async fn get(client: &Client, url: Url) -> Result<Response, Failure> {
    let sent = client.get(url).header("User-Agent", USER_AGENT).send().await;
    sent.map_err(|error| network::refusal(&error).unwrap_or_else(|| unreachable(&network::cause(&error))))
}

/// Where a redirect leads; `None` when the answer is none.
fn next_address(from: &Url, answer: &Response) -> Option<Result<Url, Failure>> {
    let redirects = [301, 302, 303, 307, 308].contains(&answer.status().as_u16());
    let location = answer.headers().get(LOCATION).filter(|_| redirects)?;
    let next = location.to_str().ok().and_then(|text| from.join(text).ok());
    Some(next.ok_or_else(|| Failure::new(Code::SourceRefused, "The address leads on to one that cannot be read.")))
}

fn accepted(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS, StatusCode::TOO_EARLY];
    if status.is_success() {
        Ok(answer)
    } else if status.is_server_error() || passing.contains(&status) {
        Err(unreachable(&format!("it answered {}", status.as_u16())))
    } else {
        Err(Failure::new(Code::SourceRefused, format!("The server of source_url answered {}.", status.as_u16())))
    }
}

fn unreachable(why: &str) -> Failure {
    Failure::new(Code::SourceUnreachable, format!("The document could not be fetched: {why}."))
}

async fn keep(
    context: &Context,
    claimed: &ClaimedJob,
    mut answer: Response,
    name: &str,
) -> Result<(Content, String), End> {
    let bytes_max = context.settings.source_bytes_max;
    let too_large = || Failure::new(Code::SourceTooLarge, format!("The document is larger than {bytes_max} bytes."));
    if answer.content_length().is_some_and(|bytes| bytes > bytes_max) {
        return Err(too_large().into());
    }
    let key = format!("{}/{SOURCE}", outputs_prefix(claimed.id, claimed.attempt));
    let mut writer = context.blobs.writer(&key).await?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = answer.chunk().await.map_err(|error| unreachable(&network::cause(&error)))? {
        bytes += piece.len() as u64;
        if bytes > bytes_max {
            return Err(too_large().into());
        }
        hash.update(&piece);
        writer.write(&piece).await?;
    }
    if bytes == 0 && !may_be_empty(name) {
        return Err(Code::EmptyFile.into());
    }
    writer.finish().await?;
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((Content::Blob(BlobRef { key: key.clone(), sha256, bytes }), key))
}

/// The server's own name for the document, else that of the last address, else that of the first; with an ending of its
/// type when it has none, for the formats that only their name tells apart.
fn name(answer: &Response, asked: &str) -> String {
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = disposition_name(header(CONTENT_DISPOSITION)).unwrap_or_else(|| {
        let last = file_name(answer.url());
        if last.contains('.') { last } else { asked.to_owned() }
    });
    with_ending(name, header(CONTENT_TYPE))
}

/// `filename` of a Content-Disposition header (RFC 6266); the extended form wins.
fn disposition_name(header: &str) -> Option<String> {
    let value = |wanted: &str| {
        let pairs = header.split(';').skip(1).filter_map(|part| part.split_once('='));
        let found = pairs.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.trim_matches('"').to_owned())
    };
    let encoded = value("filename*").and_then(|value| Some(value.split_once("''")?.1.to_owned()));
    let name = encoded.or_else(|| value("filename"))?;
    // Read as the last part of an address: folders fall away, and so does what is no name.
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().replace(['?', '#'], "_");
    let url = Url::parse("http://name/").and_then(|base| base.join(&format!("./{last}"))).ok()?;
    Some(file_name(&url)).filter(|name| name != "document")
}

fn with_ending(name: String, content_type: &str) -> String {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let ending = match kind.as_str() {
        "text/csv" => "csv",
        "text/html" | "application/xhtml+xml" => "html",
        "text/markdown" => "md",
        "application/json" => "json",
        "application/pdf" => "pdf",
        _ => return name,
    };
    if name.contains('.') { name } else { format!("{name}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_server() {
        for (header, expected) in [
            ("", None),
            ("inline", None),
            ("attachment; filename=\"q3 report.pdf\"", Some("q3 report.pdf")),
            ("attachment; filename=a.pdf; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf", Some("résumé.pdf")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\x\\\\b.docx\"", Some("b.docx")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
        ] {
            assert_eq!(disposition_name(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn an_ending_is_added_where_there_is_none() {
        for (name, kind, expected) in [
            ("export", "text/csv; charset=utf-8", "export.csv"),
            ("export.txt", "text/csv", "export.txt"),
            ("page", "TEXT/HTML", "page.html"),
            ("page", "application/octet-stream", "page"),
        ] {
            assert_eq!(with_ending(name.to_owned(), kind), expected);
        }
    }
}
