//! Faults at their worst moment, on the real server: killed between bytes and row, and a disk that fills.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::program::{Home, Running, client, signal};

const KEY: &str = "llx-a-key-that-only-tests-have";

struct Server {
    running: Running,
    base: String,
    directory: String,
}

impl Server {
    async fn start(command: Command) -> Self {
        let mut running = Running::start(command);
        let base = running.line("listening on ");
        let mut server = Self { running, base, directory: String::new() };
        let made = server.request(Method::POST, "/api/v1/beta/directories").json(&json!({"name": "faults"}));
        let made: Value = made.send().await.unwrap().json().await.unwrap();
        server.directory = made["id"].as_str().unwrap().to_owned();
        server
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    fn upload(&self, directory: &str, name: &str, content: Vec<u8>) -> RequestBuilder {
        let form = Form::new().part("upload_file", Part::bytes(content).file_name(name.to_owned()));
        self.request(Method::POST, &format!("/api/v1/beta/directories/{directory}/files/upload")).multipart(form)
    }

    async fn files(&self, directory: &str) -> usize {
        let listed = self.request(Method::GET, &format!("/api/v1/beta/directories/{directory}/files"));
        let listed: Value = listed.send().await.unwrap().json().await.unwrap();
        listed["items"].as_array().unwrap().len()
    }
}

fn serve(home: &Home) -> Command {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error");
    command
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_server_killed_between_bytes_and_row_has_no_file_and_takes_it_again() {
    let home = Home::new();
    let server = Server::start(serve(&home)).await;
    let directory = server.directory.clone();
    // Whoever holds SQLite's write lock lets the bytes pass and the row wait: exactly the moment that is wanted.
    let database = files_below(&home.path("data"));
    let database =
        database.iter().find(|path| path.extension().is_some_and(|end| end == "db" || end == "sqlite")).unwrap();
    let mut lock = SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut lock).await.unwrap();
    let upload = tokio::spawn(server.upload(&directory, "a.txt", b"between bytes and row\n".to_vec()).send());
    let blobs = home.path("data/blobs/files");
    let began = Instant::now();
    while !files_below(&blobs).iter().any(|path| !path.to_string_lossy().contains('#')) {
        assert!(began.elapsed() < Duration::from_secs(60), "the bytes did not come");
        tokio::task::yield_now().await;
    }
    let Server { mut running, .. } = server;
    signal(&running.child, Signal::KILL);
    running.code();
    assert!(upload.await.unwrap().is_err(), "the client was told nothing");
    sqlx::raw_sql("ROLLBACK").execute(&mut lock).await.unwrap();
    lock.close().await.unwrap();

    let server = Server::start(serve(&home)).await;
    assert_eq!(server.files(&directory).await, 0, "bytes without a row are no file");
    let again = server.upload(&directory, "a.txt", b"between bytes and row\n".to_vec()).send().await.unwrap();
    assert!(again.status().is_success());
    assert_eq!(server.files(&directory).await, 1);
}

/// A server whose data lies on a disk of 12 MiB: a file system in memory, mounted in a namespace of its own, so that
/// no other process sees it and nothing is left when it ends.
fn serve_on_a_small_disk(home: &Home) -> Command {
    fs::create_dir(home.path("data")).unwrap();
    let server = serve(home);
    let script = "mount -t tmpfs -o size=12m tmpfs data && exec \"$@\"";
    let mut unshared = Command::new("unshare");
    unshared.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    unshared.arg(server.get_program()).args(server.get_args());
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => unshared.env(name, value),
            None => unshared.env_remove(name),
        };
    }
    unshared.current_dir(home.path(""));
    unshared
}

#[tokio::test]
async fn a_disk_that_fills_during_an_upload_refuses_that_file_and_no_other() {
    let home = Home::new();
    let server = Server::start(serve_on_a_small_disk(&home)).await;
    let directory = server.directory.clone();
    let refused = server.upload(&directory, "large.txt", vec![b'x'; 16 * 1024 * 1024]).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert!(refused.text().await.unwrap().contains("DISK_FULL"));
    assert_eq!(server.files(&directory).await, 0);
    // Half of the disk fits only when the refused upload left nothing behind.
    let taken = server.upload(&directory, "half.txt", vec![b'y'; 4 * 1024 * 1024]).send().await.unwrap();
    assert!(taken.status().is_success(), "{}", taken.text().await.unwrap());
    assert_eq!(server.files(&directory).await, 1);
}
