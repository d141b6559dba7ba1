//! The tables of operations and of failures as pages for people: docs/API.md and docs/STATUS-CODES.md, checked in and
//! compared by a test.

use std::collections::BTreeMap;
use std::fmt::Write;

use docmill_model::{Code, FailureClass};

use super::operations::{self, Answer, Body, Operation};
use super::{errors, openapi};

/// Codes that jobs, batches and deliveries carry though their class is one of requests: no answer has them.
const CARRIED: &[Code] = &[
    Code::OcrFailed,
    Code::WorkerLost,
    Code::Cancelled,
    Code::BatchSnapshotUnreadable,
    Code::WebhookUnreachable,
    Code::WebhookTimeout,
    Code::WebhookRefused,
];

const HINT: &str = "<!-- Made from the tables in the code by `make openapi`; edits here are lost. -->\n";

/// docs/API.md
pub fn api() -> String {
    let mut text = format!("# The API, operation by operation\n\n{HINT}\n");
    text.push_str(
        "Operations with a name in the second column are LlamaCloud's, under that name in its SDKs; the others are\n\
         docmill's own. Every operation but those marked \"no key\" wants `Authorization: Bearer <key>`. Bodies, answers\n\
         and examples are in [openapi.json](../openapi.json), which a running server also answers at `/openapi.json`;\n\
         what each status means is in [STATUS-CODES.md](STATUS-CODES.md).\n\n\
         Every operation with a key also takes `project_id` and `organization_id` in the query; both must be the\n\
         key's own. Answers hold signed links to `/files/...`, `/outputs/...` and `/results/...`: they need no key\n\
         (GET and HEAD), expire, and are used as they were given, so the list below leaves them out.\n",
    );
    let mut last = "";
    for (tag, operation) in operations::all() {
        if tag != last {
            let _ = write!(text, "\n## {}{}\n\n", tag[..1].to_uppercase(), &tag[1..]);
            text.push_str(
                "| operation | SDK | what it does | query | body | answers |\n| --- | --- | --- | --- | --- | --- |\n",
            );
            last = tag;
        }
        text.push_str(&row(operation));
    }
    text
}

fn row(operation: &Operation) -> String {
    let Operation { method, path, summary, sdk, key, query, body, .. } = operation;
    let query: Vec<String> = query.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
    let body = match body {
        Body::None => String::new(),
        Body::Json(..) | Body::MaybeJson(..) => "JSON".to_owned(),
        Body::Form { file, .. } => format!("form, file in `{file}`"),
    };
    let success: &[u16] = match operation.answer {
        Answer::Json(_) | Answer::Bytes(_) => &[200],
        Answer::Events => &[200, 204],
        Answer::Made(_) => &[201],
        Answer::Nothing => &[204],
    };
    let statuses: Vec<String> = success
        .iter()
        .copied()
        .chain(openapi::refusals(operation).into_keys())
        .map(|status| status.to_string())
        .collect();
    format!(
        "| {} `{path}` | {} | {summary}{} | {} | {body} | {} |\n",
        method.to_uppercase(),
        sdk.map(|name| format!("`{name}`")).unwrap_or_default(),
        if *key { "" } else { " (no key)" },
        query.join(", "),
        statuses.join(", "),
    )
}

/// docs/STATUS-CODES.md
pub fn status_codes() -> String {
    let mut text = format!("# Status codes and failure codes\n\n{HINT}\n");
    text.push_str(
        "Every refusal is JSON with `detail` (a sentence, or FastAPI's list of wrong fields) and `code`, which is stable.\n\
         Failed jobs and failed files of a batch say `CODE: sentence` in `error_message`.\n\n\
         409 and 501 carry `x-should-retry: false`, because the official SDKs would otherwise try again; 503 and 507\n\
         carry `retry-after` and `retry-after-ms`; 413 closes the connection.\n",
    );
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    let (of_requests, of_files): (Vec<Code>, Vec<Code>) = Code::ALL
        .iter()
        .filter(|code| !CARRIED.contains(code))
        .partition(|code| !matches!(code.class(), FailureClass::File | FailureClass::Strike));
    for code in of_requests {
        by_status.entry(errors::status(code).as_u16()).or_default().push(code);
    }
    for (status, codes) in by_status {
        let name = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let _ = write!(text, "\n## {status} {}\n\n", name.unwrap_or_default());
        text.push_str(&table(&codes));
    }
    text.push_str(
        "\n## Of files and jobs\n\nThese stand in `error_message`; should a request meet one, it is a 422.\n\n",
    );
    text.push_str(&table(&of_files));
    text.push_str(
        "\n## Of jobs, batches and deliveries only\n\n\
         No request is answered with these: they stand in `error_message` of a job or a batch, in a warning of a\n\
         result (`OCR_FAILED`), or in a webhook delivery.\n\n",
    );
    text.push_str(&table(CARRIED));
    text
}

fn table(codes: &[Code]) -> String {
    let rows = codes.iter().map(|code| format!("| `{code}` | {} | {} |\n", code.sentence(), code.advice()));
    std::iter::once("| code | what happened | what to do |\n| --- | --- | --- |\n".to_owned()).chain(rows).collect()
}
