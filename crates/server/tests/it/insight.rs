//! Why a field has its value, and schemas from documents: what the server asks of the engine.

use docmill_model::document::{Page, PageOutcome, Word};
use docmill_model::limits::Limits;
use docmill_model::{Code, Failure};
use serde_json::{Value, json};

use crate::jobs::{complete, stored};
use crate::server::{OTHER_KEY, Server, UUID};

const PARSE: &str = "/api/v2/parse";
const EXTRACT: &str = "/api/v2/extract";
const GENERATE: &str = "/api/v2/extract/schema/generate";

/// A page with these lines.
fn page(lines: &[&str]) -> PageOutcome {
    let words = lines.iter().enumerate().flat_map(|(line, text)| {
        let line = u32::try_from(line).unwrap();
        text.split(' ').map(move |word| Word { text: word.into(), bbox: None, line, confidence: None })
    });
    PageOutcome::Read(Box::new(Page { number: 1, words: words.collect(), ..Page::default() }))
}

fn bill() -> PageOutcome {
    page(&["Invoice no: 2024-17", "Invoice date: 2024-05-06", "Due date: 2024-06-05", "Total: 12.50"])
}

fn schema() -> Value {
    let (text, number) = (json!({"type": "string"}), json!({"type": "number"}));
    json!({"type": "object", "properties": {"due_date": text, "total": number, "grand_total": number}})
}

/// A finished parse job over a file of its own.
async fn parsed(server: &Server) -> String {
    let (_, file) = stored(server).await;
    let made = server.post(PARSE, json!({"file_id": file, "tier": "agentic", "version": "latest"})).await;
    complete(server, &server.claim(1).await[0], &[bill()]).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_field_is_explained_on_the_pages_that_were_read() {
    let server = Server::start().await;
    let (_, file) = stored(&server).await;
    for input in [file, parsed(&server).await] {
        let body = json!({"file_input": input, "configuration": {"data_schema": schema()}});
        let made = server.post(EXTRACT, body).await;
        let path = |field: &str| format!("{EXTRACT}/{}/explain{field}", made["id"].as_str().unwrap());
        server.send("GET", &path("?path=due_date"), None).await.refused(422, "NOT_USABLE", "only a COMPLETED one");
        complete(&server, &server.claim(1).await[0], &[bill()]).await;
        let told = server.get(&path("?path=due_date")).await;
        assert_eq!((&told["path"], &told["concepts"][0]), (&json!("due_date"), &json!("due date")));
        let best = &told["candidates"][0];
        assert_eq!(
            (&best["value"], &best["chosen"], &best["label"]),
            (&json!("2024-06-05"), &json!(true), &json!("Due date"))
        );
        assert_eq!(
            (&best["citation"][0]["page"], &best["why"]),
            (&json!(1), &json!("stands after the colon of `Due date`"))
        );
        let told = server.get(&path("?path=grand_total")).await;
        let lost = &told["candidates"][0];
        assert!(!lost["chosen"].as_bool().unwrap() && lost["why"].as_str().unwrap().contains("`total`"), "{lost}");
        assert!(told["candidates"].as_array().unwrap().iter().all(|c| c["score"].is_f64() && c["confidence"].is_f64()));
        server.send("GET", &path(""), None).await.refused(422, "INVALID_REQUEST", "query.path: missing");
        server.send("GET", &path("?path=mood"), None).await.refused(404, "NOT_FOUND", "has no field `mood`");
        let other = server.send_as(OTHER_KEY, "GET", &path("?path=due_date"), None).await;
        other.refused(404, "NOT_FOUND", "There is no extract job");
    }
}

#[tokio::test]
async fn a_schema_is_drafted_from_a_finished_parse_job() {
    let server = Server::start().await;
    let job = parsed(&server).await;
    let made = server.post(GENERATE, json!({"file_id": job})).await;
    assert_eq!((&made["name"], &made["parameters"]["product_type"]), (&json!("a"), &json!("extract_v2")), "{made}");
    let properties = &made["parameters"]["data_schema"]["properties"];
    let types: Vec<(&str, &str)> = properties
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, own)| (name.as_str(), own["type"].as_str().unwrap()))
        .collect();
    let expected =
        [("invoice_number", "string"), ("invoice_date", "string"), ("due_date", "string"), ("total", "number")];
    assert_eq!(types, expected);
    assert_eq!(properties["total"]["description"], "Called \"Total\" in the document");
    server.post("/api/v1/beta/configurations", made).await;

    // A prompt that names fields chooses; one that names none takes all; a given schema stays as it is.
    let properties = |made: Value| made["parameters"]["data_schema"]["properties"].as_object().unwrap().clone();
    let both = server.post(GENERATE, json!({"file_id": job, "prompt": "bill date and grand total"})).await;
    let both = properties(both);
    assert_eq!(both.keys().collect::<Vec<_>>(), ["bill_date", "grand_total"]);
    assert_eq!(
        (&both["bill_date"]["description"], &both["grand_total"]["type"]),
        (&json!("Called \"Invoice date\" in the document, as YYYY-MM-DD"), &json!("number"))
    );
    let all = properties(server.post(GENERATE, json!({"file_id": job, "prompt": "?!"})).await);
    assert_eq!(all.len(), expected.len());
    let own = json!({"type": "object", "properties": {"total": {"type": "string"}}});
    let added = properties(server.post(GENERATE, json!({"file_id": job, "data_schema": own})).await);
    assert_eq!((&added["total"], added.len()), (&json!({"type": "string"}), expected.len()));

    let other = server.send_as(OTHER_KEY, "POST", GENERATE, Some(json!({"file_id": job}))).await;
    other.refused(404, "NOT_FOUND", "There is no parse job");
    let unknown = json!({"file_id": format!("fil-{UUID}")});
    server.send("POST", GENERATE, Some(unknown)).await.refused(404, "NOT_FOUND", "There is no file");
}

/// Reads the sample that a request waits for, and hands on what the request is answered.
async fn answered(server: &Server, body: Value, pages: Result<PageOutcome, Failure>) -> crate::server::Answer {
    let read = async {
        loop {
            if let Some(job) = server.claim(1).await.first() {
                match pages {
                    Ok(page) => complete(server, job, &[page]).await,
                    Err(failure) => server.fail(job, failure).await,
                }
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let (answer, ()) = tokio::join!(server.send("POST", GENERATE, Some(body)), read);
    answer
}

#[tokio::test]
async fn a_sample_is_read_by_an_ordinary_parse_job() {
    let server = Server::start().await;
    let (directory_file, file) = stored(&server).await;
    let made = answered(&server, json!({"file_id": file}), Ok(bill())).await.expect(200);
    assert_eq!(made["parameters"]["data_schema"]["properties"]["total"]["type"], "number");
    let listed = server.get(PARSE).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");

    let nothing = answered(&server, json!({"file_id": directory_file}), Ok(page(&["No label here"]))).await;
    nothing.refused(422, "NOT_USABLE", "neither labels nor tables");
    let failed = answered(&server, json!({"file_id": file}), Err(Failure::from(Code::EmptyFile))).await;
    failed.refused(422, "EMPTY_FILE", "The file is empty.");

    let server = Server::start_with(Limits { sample_wait_ms: 0, ..Limits::default() }).await;
    let (_, file) = stored(&server).await;
    let waiting = server.send("POST", GENERATE, Some(json!({"file_id": file}))).await;
    waiting.refused(422, "NOT_USABLE", "still being read as pjb-");
}
