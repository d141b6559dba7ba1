//! Extractions by the real server, its queue and its reader children, over HTTP.

mod documents;
mod inputs;
mod limits;
mod options;
mod targets;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::program::Home;
use crate::server::{Server, answer, serve, text, until};

const EXTRACT: &str = "/api/v2/extract";
const EXPAND: &str = "expand=extract_metadata&expand=metadata&expand=usage";

/// A server with a directory for what is extracted.
struct Desk {
    server: Server,
    directory: String,
    home: Home,
}

impl Desk {
    async fn open() -> Self {
        let home = Home::new();
        let server = Server::start(serve(&home));
        let directory = server.directory().await;
        Self { server, directory, home }
    }

    /// The id of a stored file.
    async fn file(&self, name: &str, content: impl Into<Vec<u8>>) -> String {
        let (status, uploaded) = answer(self.server.upload(&self.directory, name, content.into())).await;
        assert!(status.is_success(), "{status}: {uploaded}");
        text(&uploaded["id"])
    }

    /// One of the examples that come with docmill.
    async fn example(&self, name: &str) -> String {
        let path = format!("{}/../../examples/documents/{name}", env!("CARGO_MANIFEST_DIR"));
        self.file(name, std::fs::read(path).unwrap()).await
    }

    /// The parse job of a file, at its end.
    async fn parsed(&self, file: &str, tier: &str) -> Value {
        let body = json!({"file_id": file, "tier": tier, "version": "latest"});
        let job = self.server.post("/api/v2/parse", body).await;
        let path = format!("/api/v2/parse/{}", text(&job["id"]));
        until("the end of the parse job", || async { Some(self.server.get(&path).await["job"].clone()).filter(ended) })
            .await
    }

    /// The extract job, at its end, with all that it can tell.
    async fn extracted(&self, input: &str, configuration: Value) -> Value {
        let body = json!({"file_input": input, "configuration": configuration});
        let job = self.server.post(EXTRACT, body).await;
        self.end_of(&text(&job["id"])).await
    }

    async fn end_of(&self, job: &str) -> Value {
        let path = format!("{EXTRACT}/{job}?{EXPAND}");
        until("the end of the extraction", || async { Some(self.server.get(&path).await).filter(ended) }).await
    }

    /// The same, which must have completed.
    async fn read(&self, input: &str, configuration: Value) -> Value {
        let job = self.extracted(input, configuration).await;
        assert_eq!(job["status"], "COMPLETED", "{job}");
        job
    }

    /// A create that must be refused with this status, code and words.
    async fn refused(&self, input: &str, configuration: Value, status: u16, code: &str, words: &str) {
        let body = json!({"file_input": input, "configuration": configuration});
        let (found, told) = answer(self.server.request(Method::POST, EXTRACT).json(&body)).await;
        assert_eq!((found, &told["code"]), (StatusCode::from_u16(status).unwrap(), &json!(code)), "{told}");
        assert!(told.to_string().contains(words), "`{words}` is missing in {told}");
    }
}

fn ended(job: &Value) -> bool {
    ["COMPLETED", "FAILED", "CANCELLED"].contains(&job["status"].as_str().unwrap())
}

/// A schema with these properties.
fn schema(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Warnings of an extraction that hold these words.
fn warned(job: &Value, words: &str) -> usize {
    let warnings = job["extract_metadata"]["warnings"].as_array().unwrap();
    warnings.iter().filter(|warning| warning.as_str().unwrap().contains(words)).count()
}
