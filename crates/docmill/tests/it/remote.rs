//! The commands that talk to a server, against the real one.

use std::io::{Read, Write};
use std::net::TcpListener;

use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Home, Ran, Running, names, signal, until};

pub const KEY: &str = "llx-a-key-that-only-tests-have";

/// A home with a running server whose commands know where it is.
pub struct Served {
    pub home: Home,
    pub base: String,
    _server: Running,
}

impl Served {
    pub fn start() -> Self {
        let home = Home::new();
        let (_server, base) = serve(&home);
        Self { home, base, _server }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.home.command(arguments);
        command.env("LLAMA_CLOUD_BASE_URL", &self.base).env("LLAMA_CLOUD_API_KEY", KEY);
        Ran::of(command.output().unwrap())
    }

    /// What a command printed, without the line's end.
    pub fn printed(&self, arguments: &[&str]) -> String {
        self.run(arguments).ended(0).stdout.trim_end().to_owned()
    }

    /// Its JSON lines.
    pub fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.printed(&[arguments, &["--json"]].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub fn serve(home: &Home) -> (Running, String) {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error");
    let mut server = Running::start(command);
    let base = server.line("listening on ");
    (server, base)
}

#[test]
fn directories_are_made_listed_and_deleted() {
    let served = Served::start();
    let id = served.printed(&["dir", "create", "invoices"]);
    assert!(id.starts_with("dir-"), "{id}");
    let short = served.json(&["dir", "create", "short", "--ephemeral", "--description", "for a day"]);
    assert_eq!((&short[0]["type"], &short[0]["description"]), (&"ephemeral".into(), &"for a day".into()));
    let table = served.printed(&["dir", "ls"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("ID ") && lines[2].starts_with(&id) && lines[2].ends_with("invoices"), "{table}");
    assert_eq!(served.json(&["dir", "ls", "--limit", "1"]).len(), 1);
    assert_eq!(served.json(&["dir", "ls", "--name", "invoices"])[0]["id"], id.as_str());
    assert!(served.printed(&["dir", "show", &id]).contains("name        invoices"));
    served.run(&["dir", "update", &id]).ended(2).says("error: nothing to change was given");
    assert_eq!(served.printed(&["dir", "rm", &id]), format!("deleted {id}"));
    served.run(&["dir", "show", &id]).ended(1).says("error: ");
}

#[test]
fn a_batch_from_folder_to_results() {
    let served = Served::start();
    served.home.write("in/2024/a.txt", "Hello from a.\n");
    served.home.write("in/empty", "");
    let dir = served.printed(&["dir", "create", "texts"]);
    let uploaded = served.run(&["file", "upload", "in", "--dir", &dir]).ended(0).says("uploaded 2024/a.txt");
    assert_eq!(uploaded.stdout.lines().filter(|line| line.starts_with("dfl-")).count(), 2, "{}", uploaded.stdout);
    let files = served.json(&["file", "ls", "--dir", &dir]);
    let names: Vec<_> = files.iter().map(|file| file["unique_id"].as_str().unwrap()).collect();
    assert_eq!(names, ["2024/a.txt", "empty"]);
    // The same again is the same.
    served.run(&["file", "upload", "in", "--dir", &dir]).ended(0);
    assert_eq!(served.json(&["file", "ls", "--dir", &dir]).len(), 2);

    served.run(&["batch", "create", &dir, "--config", "none"]).ended(2).says("the server has no configuration `none`");
    let batch = served.printed(&["batch", "create", &dir, "--config", "cfg-PARSE_AGENTIC"]);
    let watched = served.run(&["batch", "watch", &batch]).ended(3);
    assert!(watched.stdout.contains("1 of 2 files done, 1 without a job"), "{}", watched.stdout);
    let shown = served.printed(&["batch", "show", &batch, "--results"]);
    assert!(shown.contains("COMPLETED") && shown.contains("EMPTY_FILE: "), "{shown}");
    let listed = served.printed(&["batch", "ls", "--status", "completed"]);
    assert!(listed.lines().nth(1).unwrap().starts_with(&batch), "{listed}");
    served.run(&["batch", "cancel", &batch]).ended(1).says("error: ");

    let jobs = served.json(&["job", "ls", "--status", "completed"]);
    let job = jobs[0]["id"].as_str().unwrap();
    let result = served.json(&["job", "show", job, "--expand", "markdown"]);
    assert!(result[0]["markdown"]["pages"][0]["markdown"].as_str().unwrap().contains("Hello from a."));
    served.run(&["job", "show", "job-1"]).ended(2).says("`job-1` is not a job id");
    served.run(&["file", "rm", files[1]["id"].as_str().unwrap(), "--dir", &dir]).ended(0);
    assert_eq!(served.json(&["file", "ls", "--dir", &dir]).len(), 1);
}

#[test]
fn failed_files_are_tried_again_and_results_are_exported() {
    let served = Served::start();
    served.home.write("in/a.txt", "Hello from a.\n");
    served.home.write("in/b.pdf", "%PDF-1.7 and nothing more");
    let dir = served.printed(&["dir", "create", "mixed"]);
    served.run(&["file", "upload", "in", "--dir", &dir]).ended(0);
    let batch = served.printed(&["batch", "create", &dir, "--config", "cfg-PARSE_COST_EFFECTIVE"]);
    served.run(&["batch", "watch", &batch]).ended(3);
    let before = served.json(&["batch", "show", &batch]);
    let code = before[0]["error_summary"][0]["code"].as_str().unwrap();

    served.run(&["batch", "retry", &batch, "--code", "READER_TIMEOUT"]).ended(1).says("error: ");
    assert_eq!(served.printed(&["batch", "retry", &batch, "--code", code]), batch);
    served.run(&["batch", "watch", &batch]).ended(3);
    let after = served.json(&["batch", "show", &batch]);
    let generation = |shown: &[Value]| shown[0]["generation"].as_u64().unwrap();
    assert_eq!(generation(&after), generation(&before) + 1);
    assert_eq!((&after[0]["counts"]["completed"], &after[0]["counts"]["failed"]), (&1.into(), &1.into()));

    let exported = served.printed(&["batch", "export", &batch, "--format", "jsonl"]);
    let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{exported}");
    assert!(exported.contains("Hello from a.") && exported.contains(code), "{exported}");
    served.run(&["batch", "export", &batch, "-o", "all.zip"]).ended(0);
    assert!(std::fs::read(served.home.path("all.zip")).unwrap().starts_with(b"PK"));
}

#[test]
fn what_the_server_says_is_what_is_told() {
    let served = Served::start();
    let with = |base: &str, key: &str, arguments: &[&str]| {
        let mut command = served.home.command(arguments);
        Ran::of(command.env("LLAMA_CLOUD_BASE_URL", base).env("LLAMA_CLOUD_API_KEY", key).output().unwrap())
    };
    with(&served.base, "llx-wrong", &["dir", "ls"]).ended(1).says("hint: Give a key with --key or LLAMA_CLOUD_API_KEY");
    with(&served.base, "", &["dir", "ls"]).ended(2).says("error: a server wants an API key");
    with("not a url", KEY, &["dir", "ls"]).ended(2).says("is not usable as a server's address");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    with(&format!("http://{free}"), KEY, &["dir", "ls"]).ended(1).says("error: cannot reach the server http://");
    with(&served.base, KEY, &["dir", "create", ""]).ended(2).says("error: name: ");
    with(&served.base, KEY, &["dir", "show", "bat-1"]).ended(2).says("`bat-1` is not a directory id");
    with(&served.base, KEY, &["dir", "show", "a?b"]).ended(2).says("an id is wrong");
    with(&served.base, KEY, &["file", "show", "dfl-1"]).ended(2).says("hint: Say which with --dir.");
}

#[test]
fn files_go_up_and_come_back() {
    let served = Served::start();
    let home = &served.home;
    home.write("in/a.txt", "The words of a.\n");
    let id = served.printed(&["file", "upload", "in/a.txt"]);
    assert!(id.starts_with("fil-") || id.len() == 36, "{id}");
    assert_eq!(served.json(&["file", "ls"])[0]["name"], "a.txt");
    assert!(served.printed(&["file", "show", &id]).contains("a.txt"));
    assert_eq!(served.run(&["file", "download", &id]).ended(0).stdout, "The words of a.\n");
    served.run(&["file", "download", &id, "-o", "back.txt"]).ended(0);
    assert_eq!(std::fs::read_to_string(home.path("back.txt")).unwrap(), "The words of a.\n");
    served
        .run(&["file", "download", &id, "-o", "absent/back.txt"])
        .ended(1)
        .says("error: cannot write `absent/back.txt`");
    served.run(&["file", "rm", &id]).ended(0);
    served.run(&["file", "download", &id]).ended(1).says("error: ");

    let dir = served.printed(&["dir", "create", "texts"]);
    let entry = served.printed(&["file", "upload", "in", "--dir", &dir]);
    assert_eq!(served.run(&["file", "download", &entry, "--dir", &dir]).ended(0).stdout, "The words of a.\n");
    served.run(&["dir", "update", &dir, "--name", "letters"]).ended(0);
    assert_eq!(served.json(&["dir", "show", &dir])[0]["name"], "letters");
}

const RUN: [&str; 7] = ["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "there", "--server"];

#[test]
fn a_run_on_a_server_gives_what_a_run_here_gives() {
    let served = Served::start();
    let home = &served.home;
    home.write("in/2024/a.txt", "Hello from a.\n");
    home.write("in/b.md", "# Title\n\nWords.\n");
    home.write("in/empty", "");
    let run = |more: &[&str]| served.run(&[&RUN[..], &[&served.base], more].concat());
    run(&[]).ended(3).says("3 files to do").says("failed: empty: EMPTY_FILE: ").says("2 files done, 1 failed");
    home.run(&["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "here"]).ended(3);
    for file in ["2024/a.txt.md", "2024/a.txt.txt", "b.md.md", "b.md.txt"] {
        let read = |out: &str| std::fs::read_to_string(home.path(out).join(file)).unwrap();
        assert_eq!(read("there"), read("here"), "{file}");
    }
    assert_eq!(names(&home.path("there")), names(&home.path("here")));
    let compared = home.run(&["diff", "here", "there"]).ended(0).stdout;
    assert!(compared.starts_with("3 files the same"), "{compared}");
    let told = |out: &str| -> Vec<[Value; 5]> {
        let fields = ["path", "sha256", "status", "code", "pages"];
        home.manifest(out).iter().map(|line| fields.map(|field| line[field].clone())).collect()
    };
    assert_eq!(told("there"), told("here"));

    // Again: what is done is not sent, what failed is tried again.
    run(&[]).ended(3).says("2 of 3 files were done before; 1 to do");
    home.write("in/empty", "Full.\n");
    run(&["--quiet"]).ended(0);
    std::fs::remove_file(home.path("there/b.md.md")).unwrap();
    run(&["--json", "--quiet"]).ended(0);
    assert!(home.path("there/b.md.md").is_file());
    run(&["--format", "chunks"]).ended(2).says("error: chunks are not made from the results of a server");

    // Parameters of a file and extraction.
    home.write(
        "fields.json",
        r#"{"product_type": "extract_v2", "data_schema": {"type": "object", "properties":
        {"greeting": {"type": "string"}}}}"#,
    );
    let extract = ["batch", "in/b.md", "--config", "fields.json", "-o", "data", "--server", &served.base];
    served.run(&extract).ended(0);
    let data: Value = serde_json::from_slice(&std::fs::read(home.path("data/b.md.extract.json")).unwrap()).unwrap();
    assert!(data["extract_result"].is_object(), "{data}");
}

#[test]
fn a_killed_run_on_a_server_finds_its_batches_again() {
    let served = Served::start();
    let home = &served.home;
    home.write_long_texts(60);
    let mut command = home.command(&[&RUN[..], &[&served.base, "--key", KEY]].concat());
    command.env("DOCMILL_LIMITS__BATCH_FILES_MAX", "25");
    let mut first = Running::start(command);
    until("a batch", || (!served.json(&["batch", "ls"]).is_empty()).then_some(()));
    signal(&first.child, Signal::KILL);
    first.code();
    let mut command = home.command(&[&RUN[..], &[&served.base, "--key", KEY]].concat());
    command.env("DOCMILL_LIMITS__BATCH_FILES_MAX", "25");
    Ran::of(command.output().unwrap()).ended(0).says("60 files done");
    let lines = home.manifest("there");
    assert!(lines.len() == 60 && lines.iter().all(|line| line["status"] == "COMPLETED"), "{lines:?}");
    let files: u64 = served.json(&["batch", "ls"]).iter().map(|b| b["counts"]["total"].as_u64().unwrap()).sum();
    assert_eq!(files, 60, "no file was sent into two batches");
}

/// A server that answers one connection after the other with these texts and counts the requests.
fn answers(texts: &'static [&'static str]) -> (String, std::thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        for text in texts {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            assert!(read > 0);
            stream.write_all(text.as_bytes()).unwrap();
        }
        texts.len()
    });
    (base, serving)
}

#[test]
fn a_call_that_may_pass_is_made_again() {
    const BUSY: &str = "HTTP/1.1 503 Busy\r\nretry-after-ms: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    const EMPTY: &str =
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 37\r\n\r\n{\"items\": [], \"next_page_token\":null}";
    const HTML: &str = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 6\r\n\r\n<html>";
    let run = |base: &str| {
        let home = Home::new();
        Ran::of(home.command(&["dir", "ls", "--server", base, "--key", KEY]).output().unwrap())
    };
    let (base, serving) = answers(&[BUSY, "", EMPTY]);
    run(&base).ended(0);
    assert_eq!(serving.join().unwrap(), 3);
    let (base, serving) = answers(&[HTML]);
    run(&base).ended(1).says("the server answered 404 Not Found, and not as a document server does: <html>");
    assert_eq!(serving.join().unwrap(), 1);
}
