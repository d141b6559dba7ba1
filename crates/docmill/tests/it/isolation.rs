//! The restrictions of readers, on the real server, and what is done where the kernel does not give them.

use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Home, Ran};
use crate::server::{Server, serve, text};

/// The processes that this one started.
fn children(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let lists = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("children")).unwrap());
    lists.flat_map(|list| list.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()).collect()
}

#[tokio::test]
async fn the_readers_of_a_server_are_restricted() {
    let home = Home::new();
    let mut command = serve(&home);
    command.env("DOCMILL_ISOLATION", "required");
    let server = Server::start(command);
    let directory = server.directory().await;
    server.upload(&directory, "a.txt", b"Some words.\n".to_vec()).send().await.unwrap();
    let batch: Value = server.batch(&directory).send().await.unwrap().json().await.unwrap();
    server.ended(&text(&batch["id"])).await;
    let readers = children(server.running.child.id());
    assert_eq!(readers.len(), 1, "one reader waits for the next document");
    let status = std::fs::read_to_string(format!("/proc/{}/status", readers[0])).unwrap();
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "Seccomp_filters:\t2"] {
        assert!(status.lines().any(|said| said == line), "{line} is missing in {status}");
    }
    let doctor = home.run(&["doctor"]).ended(0).stdout;
    assert!(
        doctor.contains("ok      isolation: readers and tools run under no_new_privs, landlock and seccomp"),
        "{doctor}"
    );
}

/// The program behind so many layers of landlock that the kernel gives no further one (16): each `docmill confine` adds
/// one and becomes the next.
fn without_landlock(home: &Home, arguments: &[&str]) -> Command {
    let program = env!("CARGO_BIN_EXE_docmill");
    let profile = json!({
        "isolation": "required",
        "parent": std::process::id(),
        "home": home.path(""),
        "memory_bytes_max": 1_u64 << 33,
        "needs": {"read": [program], "unix_sockets": true, "file_bytes_max": 1 << 20},
    });
    let profile = profile.to_string();
    let mut all = Vec::new();
    for _ in 0..16 {
        all.extend(["confine", &profile, program]);
    }
    all.extend_from_slice(arguments);
    home.command(&all)
}

#[test]
fn where_the_kernel_lacks_a_restriction_it_is_told_or_nothing_starts() {
    let home = Home::new();
    let ran = |required: bool, arguments: &[&str]| {
        let mut command = without_landlock(&home, arguments);
        command.env("DOCMILL_ISOLATION", if required { "required" } else { "best_effort" });
        Ran::of(command.output().unwrap())
    };
    let doctor = ran(false, &["doctor", "--data", "data"]).ended(0).stdout;
    assert!(
        doctor.contains("missing isolation: not there: landlock; what is left still keeps a reader from files"),
        "{doctor}"
    );
    let doctor = ran(true, &["doctor", "--data", "data"]).ended(1).stdout;
    assert!(doctor.contains("bad     isolation: not there: landlock"), "{doctor}");
    home.write("in/a.txt", "Some words.\n");
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0", "--data", "data"][..],
        &["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out"],
    ] {
        ran(true, arguments)
            .ended(1)
            .says("error: isolation is required, and this system cannot give it: not there: landlock");
    }
    assert!(!home.path("data/docmill.sqlite").exists(), "nothing was made");
}
