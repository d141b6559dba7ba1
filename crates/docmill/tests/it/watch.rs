use std::fs;

use rustix::process::Signal;

use crate::program::{Home, Running, signal, until};

const WATCH: [&str; 8] = ["watch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out", "--settle", "0.2"];

/// Lines of the manifest as path and status.
fn told(home: &Home) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    home.manifest("out").iter().map(|line| (text(&line["path"]), text(&line["status"]))).collect()
}

#[test]
fn files_are_done_as_they_come_and_once() {
    let home = Home::new();
    fs::create_dir(home.path("in")).unwrap();
    let mut first = Running::start(home.command(&WATCH));
    first.line("watching; ");
    let job = |path: &str| {
        let manifest = home.manifest("out");
        let line = manifest.iter().find(|line| line["path"] == path && line["status"] == "COMPLETED")?;
        Some(line["job_id"].as_str()?.to_owned())
    };
    home.write("in/a.txt", "First.\n");
    let first_job = until("the first file", || job("a.txt"));
    home.write("in/empty", "");
    home.write("in/b.txt", "Second.\n");
    until("the second file", || job("b.txt"));
    signal(&first.child, Signal::KILL);
    first.code();

    home.write("in/c.txt", "Third.\n");
    let once = [&WATCH[..], &["--once"]].concat();
    home.run(&once).ended(3).says("2 of 3 files were done before; 1 to do");
    assert_eq!(job("a.txt").as_deref(), Some(first_job.as_str()), "it is not done twice");
    let expected = [("a.txt", "COMPLETED"), ("b.txt", "COMPLETED"), ("c.txt", "COMPLETED"), ("empty", "FAILED")];
    assert_eq!(told(&home), expected.map(|(path, status)| (path.to_owned(), status.to_owned())));
    // What failed is tried again when it changes.
    home.write("in/empty", "Full.\n");
    home.run(&once).ended(0).says("3 of 4 files were done before; 1 to do");
}

#[test]
fn ctrl_c_ends_the_watching() {
    let home = Home::new();
    fs::create_dir(home.path("in")).unwrap();
    let mut running = Running::start(home.command(&WATCH));
    running.line("watching; ");
    signal(&running.child, Signal::INT);
    assert_eq!(running.code(), Some(0), "{}", running.said());
    home.run(&[&WATCH[..], &["--once"]].concat()).ended(0);
}
