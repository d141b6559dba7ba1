use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;

use docmill_model::{JobStatus, Product};
use docmill_store::{JobFilter, Jobs, Keys, PageRequest, SystemClock};
use docmill_store::{Role, SqlStore};
use rustix::process::Signal;

use crate::program::{Home, Ran, Running, names, signal, until};

const BATCH: [&str; 6] = ["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out"];

/// Completed jobs in the store at `path`, counted by the name of their file.
async fn completed(home: &Home, path: &str) -> BTreeMap<String, usize> {
    let store = SqlStore::sqlite(&home.path(path), Arc::new(SystemClock), Role::Visitor).await.unwrap();
    let project = store.project_default().await.unwrap().id;
    let filter = JobFilter { status: Some(JobStatus::Completed), ..Default::default() };
    let listed = store.job_list(project, Product::Parse, &filter, PageRequest { after: None, limit: 1_000 });
    let mut counted = BTreeMap::new();
    for job in listed.await.unwrap().items {
        *counted.entry(job.source.name().to_owned()).or_default() += 1;
    }
    counted
}

#[test]
fn good_files_come_out_and_bad_ones_say_why() {
    let home = Home::new();
    home.write("in/2024/a.txt", "Hello from a.\n");
    home.write("in/b.md", "# Title\n\nWords.\n");
    home.write("in/blank.txt", "");
    home.write("in/empty", "");
    home.write("in/junk.bin", [0_u8, 159, 146, 150, 0, 1, 2, 3, 255, 254, 0, 7].repeat(40));
    let ran = home.run(&BATCH).ended(3).says("5 files to do").says("failed: empty: EMPTY_FILE: ");
    assert_eq!(ran.stdout, "", "stdout is for data");
    let manifest = home.manifest("out");
    let told: Vec<_> =
        manifest.iter().map(|line| [&line["path"], &line["status"], &line["code"]].map(|v| v.as_str())).collect();
    assert_eq!(
        told,
        [
            [Some("2024/a.txt"), Some("COMPLETED"), None],
            [Some("b.md"), Some("COMPLETED"), None],
            [Some("blank.txt"), Some("COMPLETED"), None],
            [Some("empty"), Some("FAILED"), Some("EMPTY_FILE")],
            [Some("junk.bin"), Some("FAILED"), Some("UNSUPPORTED_FILE_TYPE")],
        ]
    );
    assert_eq!(
        names(&home.path("out")),
        [
            "2024",
            "b.md.json",
            "b.md.md",
            "b.md.txt",
            "blank.txt.json",
            "blank.txt.md",
            "blank.txt.txt",
            "manifest.jsonl"
        ]
    );
    assert_eq!(names(&home.path("out/2024")), ["a.txt.json", "a.txt.md", "a.txt.txt"]);
    assert!(fs::read_to_string(home.path("out/2024/a.txt.md")).unwrap().contains("Hello from a."));
    home.run(&BATCH).ended(3).says("3 of 5 files were done before; 2 to do");
    let only_bad: Vec<&str> = ["batch", "in/empty", "--config", "cfg-PARSE_FAST", "-o", "bad"].to_vec();
    home.run(&only_bad).ended(1);
}

#[test]
fn a_rerun_does_what_changed_and_nothing_else() {
    let home = Home::new();
    home.write_texts(3);
    home.run(&BATCH).ended(0).says("3 files to do");
    home.run(&BATCH).ended(0).says("all 3 files were done before");
    // The same bytes at another time are the same file.
    home.write("in/000.txt", fs::read(home.path("in/000.txt")).unwrap());
    home.run(&BATCH).ended(0).says("all 3 files were done before");
    home.write("in/001.txt", "Something else.\n");
    home.run(&BATCH).ended(0).says("2 of 3 files were done before; 1 to do");
    assert!(fs::read_to_string(home.path("out/001.txt.md")).unwrap().contains("Something else."));
    // A lost output comes back from the store.
    fs::remove_file(home.path("out/002.txt.md")).unwrap();
    home.run(&BATCH).ended(0).says("all 3 files were done before");
    assert!(home.path("out/002.txt.md").is_file());
    // Other options are another job.
    home.run(&["batch", "in", "--config", "cfg-PARSE_COST_EFFECTIVE", "-o", "out"]).ended(0).says("3 files to do");
}

#[test]
fn more_files_than_a_batch_may_have_are_one_run() {
    let home = Home::new();
    home.write_texts(30);
    let mut command = home.command(&BATCH);
    let ran = Ran::of(command.env("DOCMILL_LIMITS__BATCH_FILES_MAX", "7").output().unwrap());
    ran.ended(0).says("30 files to do").says("30 files done, 0 failed");
    let paths: Vec<_> = home.manifest("out").iter().map(|line| line["path"].as_str().unwrap().to_owned()).collect();
    assert_eq!(paths, (0..30).map(|number| format!("{number:03}.txt")).collect::<Vec<_>>());
}

#[test]
fn machine_readable_output_is_lines_of_json() {
    let home = Home::new();
    home.write_texts(2);
    let ran = home.run(&[&BATCH[..], &["--json", "--quiet"]].concat()).ended(0);
    assert_eq!(ran.stderr, "");
    let lines: Vec<serde_json::Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["file", "file", "summary"]);
    assert_eq!((lines[2]["completed"].as_u64(), lines[2]["failed"].as_u64()), (Some(2), Some(0)));
}

#[test]
fn one_file_goes_to_stdout() {
    let home = Home::new();
    home.write("a.txt", "Plain words.\n");
    home.write("empty", "");
    assert!(home.run(&["parse", "a.txt"]).ended(0).stdout.contains("Plain words."));
    assert!(home.run(&["parse", "a.txt", "--tier", "fast"]).ended(0).stdout.contains("Plain words."));
    let json = home.run(&["parse", "a.txt", "--json"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["metadata"]["pages"].as_array().map(Vec::len), Some(1));
    let ran = home.run(&["parse", "empty"]).ended(1).says("error: empty: EMPTY_FILE: ");
    assert_eq!(ran.stdout, "");
    home.write("schema.json", r#"{"type": "object", "properties": {"total": {"type": "string"}}}"#);
    let json = home.run(&["extract", "a.txt", "--schema", "schema.json"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["extract_result"].is_object(), "{json}");
    home.write("b.txt", "Total: 12.50 EUR\n");
    let table = home.run(&["extract", "b.txt", "--schema", "schema.json", "--table"]).ended(0).stdout;
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["field", "value", "confidence", "page"]);
    assert_eq!((lines.len(), lines[1][0], lines[1][1], lines[1].last()), (2, "total", "12.50", Some(&"1")), "{table}");
}

#[test]
fn chunks_are_lines_of_json_with_their_headings() {
    let home = Home::new();
    let sentence = "This is a sentence of some words. ";
    home.write("a.md", format!("# One\n\nShort.\n\n## Two\n\n{}\n", sentence.repeat(20)));
    let chunks = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let out = home.run(&[&["parse", "a.md", "--format", "chunks"], arguments].concat()).ended(0).stdout;
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let whole = chunks(&[]);
    assert_eq!(whole.len(), 2, "{whole:?}");
    assert_eq!(whole[0]["text"], "# One\n\nShort.");
    assert_eq!(
        (&whole[1]["headings"], &whole[1]["pages"]),
        (&serde_json::json!(["One", "Two"]), &serde_json::json!([1]))
    );
    let small = chunks(&["--chunk-tokens", "40"]);
    assert!(small.len() > 4 && small.iter().all(|chunk| chunk["tokens"].as_u64().unwrap() <= 41), "{small:?}");
    home.run(&["parse", "a.md", "-o", "out", "--format", "md,chunks"]).ended(0);
    assert_eq!(names(&home.path("out")), ["a.md.chunks.jsonl", "a.md.md", "manifest.jsonl"]);
}

#[test]
fn a_reader_of_stdout_that_goes_away_is_no_error() {
    let home = Home::new();
    home.write("a.txt", "Many words. ".repeat(100_000));
    let mut child = home.command(&["parse", "a.txt"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Reads one byte and closes the pipe.
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    drop(stdout);
    let ran = Ran::of(child.wait_with_output().unwrap()).ended(0);
    assert!(!ran.stderr.contains("panic"), "{}", ran.stderr);
}

/// A run over 200 files that got this signal when some were done and some were not. On a machine that stands still
/// for a moment the signal may come after the last file: then the run is set up anew.
fn stopped_half_way(stop: Signal) -> (Home, Running) {
    for _ in 0..5 {
        let home = Home::new();
        home.write_long_texts(200);
        let mut run = Running::start(home.command(&BATCH));
        until("a part of the batch", || (home.manifest("out").len() >= 20).then_some(()));
        signal(&run.child, stop);
        if run.code() != Some(0) {
            return (home, run);
        }
    }
    panic!("every run was at its end before the signal");
}

#[tokio::test]
async fn a_killed_run_goes_on_where_it_was() {
    let (home, _) = stopped_half_way(Signal::KILL);
    let done = home.manifest("out").len();
    let ran = home.run(&BATCH).ended(0).says(" of 200 files were done before; ");
    let before: usize = ran.stderr.split(" of 200").next().unwrap().trim().parse().unwrap();
    assert!((done..200).contains(&before), "{before} of {done}");
    let manifest = home.manifest("out");
    let paths: BTreeSet<_> = manifest.iter().map(|line| line["path"].as_str().unwrap()).collect();
    assert_eq!((manifest.len(), paths.len()), (200, 200));
    for line in &manifest {
        assert_eq!(line["status"], "COMPLETED", "{line}");
        let number: usize = line["path"].as_str().unwrap()[..3].parse().unwrap();
        let markdown = fs::read_to_string(home.path(&format!("out/{number:03}.txt.md"))).unwrap();
        assert!(markdown.contains(&format!("This is file number {number}.")), "{markdown}");
    }
    let counted = completed(&home, "out/.docmill/docmill.sqlite").await;
    assert_eq!(counted.len(), 200);
    assert!(counted.values().all(|jobs| *jobs == 1), "nothing is done twice: {counted:?}");
    home.run(&BATCH).ended(0).says("all 200 files were done before");
}

#[test]
fn a_second_run_on_the_same_folder_is_refused() {
    let home = Home::new();
    home.write_long_texts(100);
    let mut first = Running::start(home.command(&BATCH));
    until("the first run's begin", || home.path("out/manifest.jsonl").is_file().then_some(()));
    signal(&first.child, Signal::STOP);
    home.run(&BATCH).ended(1).says("error: `out` is in use: ");
    signal(&first.child, Signal::CONT);
    assert_eq!(first.code(), Some(0), "{}", first.said());
}

#[test]
fn ctrl_c_ends_in_order_and_says_how_to_go_on() {
    let (home, mut first) = stopped_half_way(Signal::INT);
    assert_eq!(first.code(), Some(130), "{}", first.said());
    first.line("interrupted: ");
    assert_eq!(home.manifest("out").len(), 200, "what is left is in the manifest as PENDING");
    home.run(&BATCH).ended(0).says(" of 200 files were done before; ");
}

#[test]
fn archives_are_directories_when_that_is_asked_for() {
    const MINUTES: &[u8] = include_bytes!("../../../../examples/documents/minutes.zip");
    let home = Home::new();
    home.write("in/minutes.zip", MINUTES);
    home.write("in/broken.zip", &MINUTES[..100]);
    let unpack: Vec<&str> = BATCH.into_iter().chain(["--unpack"]).collect();
    home.run(&unpack).ended(3).says("3 files to do").says("failed: broken.zip: FILE_DAMAGED: ");
    assert_eq!(names(&home.path("out/minutes.zip")).len(), 6, "three forms of each of two files");
    let april = fs::read_to_string(home.path("out/minutes.zip/april.md.md")).unwrap();
    assert!(april.starts_with("# Minutes of April"), "{april}");
    home.run(&unpack).ended(3).says("2 of 3 files were done before");
    home.run(&BATCH).says("failed: broken.zip");
    let whole = fs::read_to_string(home.path("out/minutes.zip.md")).unwrap();
    assert!(whole.starts_with("**april.md**"), "one document without it: {whole}");
}
