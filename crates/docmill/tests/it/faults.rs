//! Faults at their worst moment, on the real server: killed between bytes and row and in the middle of a batch, again and
//! again, and a disk that fills. A journal outside the server says what it had acknowledged; afterwards everything is
//! counted anew.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::journal::{Journal, recount_by_asking};
use crate::program::{Home, signal};
use crate::server::{Server, serve};

async fn files(server: &Server, directory: &str) -> usize {
    let listed = server.request(Method::GET, &format!("/api/v1/beta/directories/{directory}/files"));
    let listed: Value = listed.send().await.unwrap().json().await.unwrap();
    listed["items"].as_array().unwrap().len()
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_server_killed_between_bytes_and_row_has_no_file_and_takes_it_again() {
    let home = Home::new();
    let server = Server::start(serve(&home));
    let directory = server.directory().await;
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
    server.kill();
    assert!(upload.await.unwrap().is_err(), "the client was told nothing");
    sqlx::raw_sql("ROLLBACK").execute(&mut lock).await.unwrap();
    lock.close().await.unwrap();

    let server = Server::start(serve(&home));
    assert_eq!(files(&server, &directory).await, 0, "bytes without a row are no file");
    let again = server.upload(&directory, "a.txt", b"between bytes and row\n".to_vec()).send().await.unwrap();
    assert!(again.status().is_success());
    assert_eq!(files(&server, &directory).await, 1);
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
    let server = Server::start(serve_on_a_small_disk(&home));
    let directory = server.directory().await;
    let refused = server.upload(&directory, "large.txt", vec![b'x'; 16 * 1024 * 1024]).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert!(refused.text().await.unwrap().contains("DISK_FULL"));
    assert_eq!(files(&server, &directory).await, 0);
    // Half of the disk fits only when the refused upload left nothing behind.
    let taken = server.upload(&directory, "half.txt", vec![b'y'; 4 * 1024 * 1024]).send().await.unwrap();
    assert!(taken.status().is_success(), "{}", taken.text().await.unwrap());
    assert_eq!(files(&server, &directory).await, 1);
}

#[tokio::test]
async fn a_server_that_is_killed_again_and_again_loses_and_doubles_nothing() {
    let home = Home::new();
    let mut journal = Journal::new(&home);
    let mut server = Server::start(serve(&home));
    let directory = server.directory().await;
    for number in 0..150 {
        let content = format!("This is file number {number}.\n");
        journal.upload(&server, &directory, &format!("{number}.txt"), &content).await.unwrap();
    }
    let batch = journal.batch(&server, &directory).await.unwrap();
    let mut batches = vec![batch.clone()];
    for (round, least) in [5_u64, 40, 90].into_iter().enumerate() {
        let done = |batch: &Value| batch["counts"]["completed"].as_u64() >= Some(least);
        server.batch_when(&batch, "a part of the batch", done).await;
        // Uploads go on until the server is gone; one is under way when it dies.
        let other = server.directory().await;
        let acknowledged = AtomicUsize::new(0);
        let uploads = async {
            for number in 0.. {
                let (name, content) = (format!("{number}.txt"), format!("Words {number} of round {round}.\n"));
                if journal.upload(&server, &other, &name, &content).await.is_none() {
                    break;
                }
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        };
        let death = async {
            while acknowledged.load(Ordering::Relaxed) < 3 * (round + 1) {
                tokio::task::yield_now().await;
            }
            signal(&server.running.child, Signal::KILL);
        };
        tokio::join!(uploads, death);
        server.kill();
        server = Server::start(serve(&home));
        batches.push(journal.batch(&server, &other).await.unwrap());
    }
    for batch in &batches {
        let ended = server.ended(batch).await;
        recount_by_asking(&server, &ended).await;
    }
    server.stop();
    journal.recount(&home.path("data"), true).await;
}

/// Fills the disk on which `path` is, down to the last byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [64 * 1024, 1024, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

#[tokio::test]
async fn a_disk_that_is_full_during_a_batch_stops_it_until_there_is_space() {
    let home = Home::new();
    let mut journal = Journal::new(&home);
    let server = Server::start(serve_on_a_small_disk(&home));
    // The server's own view of the disk, which no other process has mounted.
    let data = PathBuf::from(format!("/proc/{}/root", server.running.child.id()))
        .join(home.path("data").strip_prefix("/").unwrap());
    let directory = server.directory().await;
    for number in 0..60 {
        let content = format!("This is file number {number}.\n");
        journal.upload(&server, &directory, &format!("{number}.txt"), &content).await.unwrap();
    }
    let batch = journal.batch(&server, &directory).await.unwrap();
    server.batch_when(&batch, "a part of the batch", |batch| batch["counts"]["completed"].as_u64() > Some(0)).await;
    fill(&data.join("filler"));
    let refused = server.upload(&directory, "more.txt", vec![b'y'; 256 * 1024]).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert!(refused.text().await.unwrap().contains("DISK_FULL"));
    fs::remove_file(data.join("filler")).unwrap();
    let ended = server.ended(&batch).await;
    assert_eq!(ended["counts"]["completed"], 60, "a full disk is nobody's failure: {ended}");
    recount_by_asking(&server, &ended).await;
    // The disk goes with the server: what it holds is copied while the server stands still.
    signal(&server.running.child, Signal::STOP);
    let copied = Command::new("cp").arg("-a").arg(&data).arg(home.path("copy")).status().unwrap();
    signal(&server.running.child, Signal::CONT);
    assert!(copied.success());
    journal.recount(&home.path("copy"), true).await;
}
