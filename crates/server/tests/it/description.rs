//! The API's description: what is checked in is what the code says, and what the server answers.

use std::path::Path;

use serde_json::{Value, json};

use crate::server::Server;

/// Compares a file of the project with what the code makes of it; with `DOCMILL_UPDATE` set, writes it instead.
fn check(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("DOCMILL_UPDATE").is_some() {
        std::fs::write(&file, expected).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = || {
        let line = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
        let line = line.unwrap_or(found.lines().count().min(expected.lines().count()));
        let show = |text: &str| text.lines().nth(line).unwrap_or("(end)").to_owned();
        format!("line {}:\n  checked in: {}\n  code says:  {}", line + 1, show(&found), show(expected))
    };
    assert!(found == expected, "{path} is not what the code says; type `make openapi`. {}", differs());
}

#[test]
fn what_is_checked_in_is_what_the_code_says() {
    let document = serde_json::to_string_pretty(&docmill_server::openapi()).unwrap();
    check("openapi.json", &format!("{document}\n"));
    check("docs/API.md", &docmill_server::markdown::api());
    check("docs/STATUS-CODES.md", &docmill_server::markdown::status_codes());
}

#[test]
fn operations_have_ids_of_their_own_words_and_examples() {
    let document = docmill_server::openapi();
    let mut ids = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(!ids.contains(&id), "{id} is the id of two operations");
            ids.push(id);
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path} says nothing");
            let json = &operation["requestBody"]["content"]["application/json"];
            assert!(json.is_null() || json["example"].is_object(), "the example of {id} is no JSON object");
        }
    }
}

#[tokio::test]
async fn a_running_server_describes_itself_without_a_key() {
    let server = Server::start().await;
    let answer = reqwest::get(format!("http://{}/openapi.json", server.address)).await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), docmill_server::openapi());
}

/// An operation that the router does not know would be 404 with another sentence, 405 or 501.
#[tokio::test]
async fn every_described_operation_is_served_and_no_other_method() {
    let server = Server::start().await;
    let document = docmill_server::openapi();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let described = methods.get(method).is_some();
            let answer = server.send(&method.to_uppercase(), path, None).await;
            let refused = answer.status == 405 || answer.status == 501;
            assert_ne!(described, refused, "{method} {path}: {}", answer.body);
            assert_ne!(answer.body["detail"], json!("There is nothing at this path."), "{method} {path}");
        }
    }
}
