//! What a receiver gets (contract section 6).

use docmill_model::webhook::{BodyFormat, Endpoint, Event, Message, Subject};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::json;
use sha2::Sha256;

pub const EVENT_ID: &str = "X-Webhook-Event-ID";
pub const EVENT_TYPE: &str = "X-Webhook-Event-Type";
pub const SIGNATURE: &str = "LC-Signature";
/// LlamaCloud's own: receivers may look at it.
const USER_AGENT: &str = "llamaindex-webhook-service/1.0";

/// In the order in which LlamaCloud prints them.
#[derive(Serialize)]
struct Body {
    event_id: String,
    event_type: &'static str,
    /// Seconds since 1970.
    timestamp: f64,
    data: Data,
}

/// `id` and `job_id` are both what the event is about, as in LlamaCloud's sample; the others are null where they do
/// not apply.
#[derive(Serialize)]
struct Data {
    id: String,
    job_id: String,
    batch_id: Option<String>,
    status: String,
    project_id: String,
    source_directory_id: Option<String>,
    /// docmill's own: which run of a batch that was retried, from 0.
    generation: Option<u32>,
}

/// The bytes and headers of a delivery: the same for every attempt.
pub fn message(event: &Event, endpoint: &Endpoint) -> Message {
    let event_json = body(event);
    let body = match endpoint.format {
        BodyFormat::Json => event_json,
        BodyFormat::String => json!(event_json).to_string(),
    };
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), USER_AGENT.to_owned()),
        (EVENT_ID.to_owned(), event.id.to_string()),
        (EVENT_TYPE.to_owned(), event.kind.to_string()),
    ];
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    headers.extend(endpoint.secret.as_ref().map(|secret| (SIGNATURE.to_owned(), signature(secret, body.as_bytes()))));
    Message { url: endpoint.url.clone(), headers, body }
}

fn body(event: &Event) -> String {
    let (id, batch_id, source_directory_id, generation) = match event.subject {
        Subject::Batch { batch, directory, generation } => {
            (batch.to_string(), Some(batch.to_string()), Some(directory.to_string()), Some(generation))
        }
        Subject::Job { job, batch } => (job.to_string(), batch.map(|batch| batch.to_string()), None, None),
        Subject::Test => (event.id.to_string(), None, None, None),
    };
    let data = Data {
        job_id: id.clone(),
        id,
        batch_id,
        status: event.status.clone(),
        project_id: event.project.to_string(),
        source_directory_id,
        generation,
    };
    let body = Body {
        event_id: event.id.to_string(),
        event_type: event.kind.as_str(),
        timestamp: event.at.0 as f64 / 1_000.0,
        data,
    };
    json!(body).to_string()
}

/// The value of `LC-Signature` for these bytes.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let digest = keyed(secret, body).finalize().into_bytes();
    digest.iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether `given` is the signature of these bytes, compared in constant time.
pub fn verify(secret: &str, body: &[u8], given: &str) -> bool {
    let Some(hex) = given.strip_prefix("sha256=") else { return false };
    let pairs = hex.as_bytes().chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair).ok().filter(|text| text.len() == 2)?;
        u8::from_str_radix(text, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().is_some_and(|digest| keyed(secret, body).verify_slice(&digest).is_ok())
}

fn keyed(secret: &str, body: &[u8]) -> Hmac<Sha256> {
    // A key of any length fits: long ones are hashed first.
    let mut keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| <Hmac<Sha256> as KeyInit>::new(&Default::default()));
    keyed.update(body);
    keyed
}

#[cfg(test)]
mod tests {
    use docmill_model::webhook::EventKind;
    use docmill_model::{BatchId, DirectoryId, JobId, Product, ProjectId, Timestamp};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn event(subject: Subject) -> Event {
        let id = Uuid::parse_str(UUID).unwrap();
        Event {
            id,
            kind: EventKind::ParseSuccess,
            project: ProjectId::from_uuid(id),
            subject,
            status: "COMPLETED".to_owned(),
            at: Timestamp(1_753_985_275_115),
        }
    }

    fn endpoint(format: BodyFormat, secret: Option<&str>) -> Endpoint {
        Endpoint {
            url: "https://example.com/hook".to_owned(),
            events: None,
            headers: [("X-Team".to_owned(), "a".to_owned())].into(),
            format,
            secret: secret.map(str::to_owned),
        }
    }

    #[test]
    fn the_signature_is_hmac_sha256_over_the_bytes() {
        // RFC 4231, test case 2.
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert_eq!(signature("Jefe", body), expected);
        assert!(verify("Jefe", body, expected));
        for wrong in ["", "sha256=", "sha256=5b", &expected[7..], &format!("{expected}00"), &expected.replace('5', "6")]
        {
            assert!(!verify("Jefe", body, wrong), "{wrong}");
        }
        assert!(!verify("other", body, expected));
        let long = "k".repeat(1_000);
        assert!(verify(&long, body, &signature(&long, body)));
    }

    #[test]
    fn a_body_names_what_happened_in_both_formats() {
        let uuid = Uuid::parse_str(UUID).unwrap();
        let (batch, directory) = (BatchId::from_uuid(uuid), DirectoryId::from_uuid(uuid));
        let job = JobId::from_uuid(Product::Parse, uuid);
        for (subject, id, batch_id, source) in [
            (Subject::Batch { batch, directory, generation: 2 }, format!("bat-{UUID}"), json!(batch), json!(directory)),
            (Subject::Job { job, batch: Some(batch) }, format!("pjb-{UUID}"), json!(batch), Value::Null),
            (Subject::Job { job, batch: None }, format!("pjb-{UUID}"), Value::Null, Value::Null),
            (Subject::Test, UUID.to_owned(), Value::Null, Value::Null),
        ] {
            let event = event(subject);
            let expected = json!({
                "event_id": UUID,
                "event_type": "parse.success",
                "timestamp": 1_753_985_275.115,
                "data": {
                    "id": id,
                    "job_id": id,
                    "batch_id": batch_id,
                    "status": "COMPLETED",
                    "project_id": format!("prj-{UUID}"),
                    "source_directory_id": source,
                    "generation": if source.is_null() { Value::Null } else { json!(2) },
                },
            });
            let as_json = message(&event, &endpoint(BodyFormat::Json, None));
            assert_eq!(serde_json::from_str::<Value>(&as_json.body).unwrap(), expected);
            let as_text = message(&event, &endpoint(BodyFormat::String, None));
            let inner: String = serde_json::from_str(&as_text.body).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&inner).unwrap(), expected);
        }
    }

    #[test]
    fn headers_are_llamaclouds_the_callers_and_the_signature() {
        let event = event(Subject::Test);
        let signed = message(&event, &endpoint(BodyFormat::Json, Some("hush")));
        let expected = [
            ("Content-Type", "application/json"),
            ("User-Agent", "llamaindex-webhook-service/1.0"),
            ("X-Webhook-Event-ID", UUID),
            ("X-Webhook-Event-Type", "parse.success"),
            ("X-Team", "a"),
            ("LC-Signature", &signature("hush", signed.body.as_bytes())),
        ];
        let headers: Vec<(&str, &str)> = signed.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(headers, expected);
        let unsigned = message(&event, &endpoint(BodyFormat::Json, None));
        assert_eq!(unsigned.headers.len(), 5);
    }
}
