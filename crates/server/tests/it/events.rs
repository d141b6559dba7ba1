//! The stream of a batch's events.

use docmill_model::limits::Limits;
use docmill_model::results::JobResult;
use docmill_model::{Code, Failure};
use docmill_store::Outcome;
use reqwest::Response;
use serde_json::{Value, json};

use crate::server::{KEY, OTHER_KEY, Server};

/// A stream that is read event by event.
struct Events {
    response: Response,
    text: String,
}

#[derive(Debug)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Events {
    async fn open(server: &Server, batch: &str, last: Option<&str>) -> Self {
        let request = server.request(KEY, "GET", &path(batch));
        let request = last.iter().fold(request, |request, last| request.header("Last-Event-ID", *last));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// `None` when the server ended the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let of = |name: &str| {
                    let lines = event.lines().find_map(|line| line.strip_prefix(name));
                    lines.unwrap_or_default().trim().to_owned()
                };
                let event = Event {
                    id: of("id:"),
                    name: of("event:"),
                    data: serde_json::from_str(&of("data:")).unwrap_or_default(),
                };
                self.text = rest.to_owned();
                // Heartbeats have no name.
                if !event.name.is_empty() {
                    return Some(event);
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn path(batch: &str) -> String {
    format!("/api/v2/batches/{batch}/events")
}

fn files(events: &[Event]) -> Vec<&str> {
    let files = events.iter().filter(|event| event.name == "file");
    files.map(|event| event.data["display_name"].as_str().unwrap()).collect()
}

fn completed() -> Outcome {
    Outcome::Completed(JobResult::default())
}

#[tokio::test]
async fn each_file_is_told_as_it_ends_and_a_lost_stream_goes_on() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt", "c.txt"]).await;
    let batch = server.batch(&directory).await;
    let mut events = Events::open(&server, &batch, None).await;
    let first = events.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.data["status"]), ("batch", &json!("PENDING")));

    let jobs = server.claim(3).await;
    server.finish(&jobs[0], completed()).await;
    let told = events.next().await.unwrap();
    assert_eq!((told.name.as_str(), &told.data["display_name"]), ("file", &json!("a.txt")));
    assert_eq!(told.data["job_reference"]["id"], json!(jobs[0].id.to_string()));
    let state = events.next().await.unwrap();
    assert_eq!((&state.data["status"], &state.data["counts"]["completed"]), (&json!("RUNNING"), &json!(1)));
    drop(events);

    server.clock.pass_ms(1_000);
    server.fail(&jobs[1], Failure::new(Code::FileDamaged, "It ends early.")).await;
    server.clock.pass_ms(1_000);
    server.finish(&jobs[2], completed()).await;
    let all = Events::open(&server, &batch, None).await.rest().await;
    assert_eq!(files(&all), ["a.txt", "b.txt", "c.txt"]);
    let late = Events::open(&server, &batch, Some(&all[1].id)).await.rest().await;
    assert_eq!(files(&late), ["b.txt", "c.txt"], "from the millisecond on that was told");
    assert_eq!(late[0].data["error_message"], json!("FILE_DAMAGED: It ends early."));
    let last = late.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["status"]), ("batch", &json!("COMPLETED")));

    // Whoever was told the end need not come back, until the batch is retried.
    let again =
        async || server.request(KEY, "GET", &path(&batch)).header("Last-Event-ID", &last.id).send().await.unwrap();
    assert_eq!(again().await.status(), 204);
    server.clock.pass_ms(1_000);
    server.send("POST", &format!("/api/v2/batches/{batch}/retry"), None).await.expect(200);
    let mut events = Events::open(&server, &batch, Some(&last.id)).await;
    assert_eq!(events.next().await.unwrap().data["generation"], json!(1));
    server.finish(&server.claim(1).await[0], completed()).await;
    let rest = events.rest().await;
    assert_eq!(files(&rest), ["b.txt"]);
    assert_eq!(rest.last().unwrap().id, "1-end");
}

#[tokio::test]
async fn streams_are_limited_and_end_with_the_server() {
    let server = Server::start_with(Limits { streams_max: 1, ..Limits::default() }).await;
    let directory = server.directory_of(&["a.txt"]).await;
    let batch = server.batch(&directory).await;
    server.send_as(OTHER_KEY, "GET", &path(&batch), None).await.refused(404, "NOT_FOUND", "There is no batch");
    let mut events = Events::open(&server, &batch, None).await;
    events.next().await.unwrap();
    server.send("GET", &path(&batch), None).await.refused(503, "TOO_MANY_STREAMS", "Too many");
    drop(server);
    assert!(events.next().await.is_none(), "the server does not wait for it");
}
