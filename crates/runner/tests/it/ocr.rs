//! OCR: there, missing, and hanging.

use std::os::unix::fs::PermissionsExt;

use docmill_model::document::PageOutcome;
use docmill_runner::tools::tesseract::Tesseract;

use crate::world::{ALL_TOOLS, World, settings};

#[tokio::test]
async fn missing_ocr_is_an_answer() {
    let world = World::new().await;
    let job = world.job("ocr TOTAL").await;
    let runner = world.start(settings("obeys"));
    assert_eq!(world.told(job).await, ["1 No OCR program is installed (Debian: tesseract-ocr)."]);
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_word_is_read_by_the_installed_tesseract() {
    if Tesseract::find(None).is_none() {
        assert!(std::env::var_os(ALL_TOOLS).is_none(), "tesseract is not installed: apt-get install tesseract-ocr");
        eprintln!("SKIPPED: tesseract is not installed (Debian: tesseract-ocr)");
        return;
    }
    let world = World::new().await;
    let job = world.job("ocr TOTAL\ntext b").await;
    let mut settings = settings("obeys");
    settings.tesseract = None;
    let runner = world.start(settings);
    assert_eq!(world.told(job).await, ["1 tesseract read TOTAL", "2 b"]);
    let result = world.get(job).await.result.expect("a result");
    assert_eq!((result.pages_ocr, runner.counters().ocr_runs.get()), (1, 1));
    assert!(result.engine.contains("; ocr tesseract "), "{}", result.engine);
    world.drain(&runner).await;
}

/// A tesseract that knows English alone, and reads of any picture for which languages it was called.
const ENGLISH: &str = r#"#!/bin/sh
case "$1" in
  --version) echo "tesseract 0.0" ;;
  --list-langs) printf 'List of languages\neng\n' ;;
  *) cat > /dev/null
    printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
    printf '5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\t%s\n' "$4" ;;
esac
"#;

fn program(world: &World, script: &str) -> std::path::PathBuf {
    let program = world.folder.path().join("tesseract");
    std::fs::write(&program, script).expect("write");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).expect("make it a program");
    program
}

#[tokio::test]
async fn a_language_that_is_missing_does_not_stop_the_others() {
    let world = World::new().await;
    let job = world.job("ocr TOTAL fr en\nocr TOTAL fr").await;
    let mut settings = settings("obeys");
    settings.tesseract = Some(program(&world, ENGLISH));
    let runner = world.start(settings);
    let missing = "The OCR language `fr` is not installed (Debian: tesseract-ocr-fra).";
    assert_eq!(world.told(job).await, [format!("1 tesseract read eng; {missing}"), format!("2 {missing}")]);
    world.drain(&runner).await;
}

/// Says that it is a tesseract, and then writes down its number and hangs.
const HANGING: &str = r#"#!/bin/sh
case "$1" in
  --version) echo "tesseract 0.0" ;;
  --list-langs) printf 'List of languages\neng\n' ;;
  *) echo $$ > "$0.pid"; exec sleep 1000 ;;
esac
"#;

#[tokio::test]
async fn an_ocr_program_that_hangs_costs_its_page_and_is_killed() {
    let world = World::new().await;
    let job = world.job("ocr TOTAL\ntext b").await;
    let mut settings = settings("obeys");
    settings.tesseract = Some(program(&world, HANGING));
    // It writes outside its home.
    settings.confine = None;
    settings.limits.page_ms = 700;
    let runner = world.start(settings);
    let failed = "1 FAILED READER_TIMEOUT: Reading page 1 took longer than the limit.";
    assert_eq!(world.told(job).await, [failed, "2 b"]);
    let pid = std::fs::read_to_string(world.folder.path().join("tesseract.pid")).expect("it was started");
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "the program is dead: {state}");
    world.drain(&runner).await;
}

/// Reads a picture only when another one is read at the same time; says how wide it is.
const PAIRED: &str = r#"#!/bin/sh
case "$1" in
  --version) echo "tesseract 0.0" ;;
  --list-langs) printf 'List of languages\neng\n' ;;
  *) read -r kind; read -r size; cat > /dev/null
    echo > "$0.began.$$"
    until [ "$(ls "$0".began.* | wc -l)" -ge 2 ]; do sleep 0.01; done
    printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
    printf '5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\t%s\n' "${size%% *}" ;;
esac
"#;

#[tokio::test]
async fn pictures_that_are_sent_before_their_turn_are_read_at_the_same_time() {
    let world = World::new().await;
    let job = world.job("soon T\nsoon TO\ntake 2 1").await;
    let mut settings = settings("obeys");
    settings.cpu_permits = 2;
    settings.tesseract = Some(program(&world, PAIRED));
    // It writes outside its home.
    settings.confine = None;
    let runner = world.start(settings);
    assert_eq!(world.told(job).await, ["1 T", "2 TO", "3 tesseract read 120, tesseract read 72"]);
    assert_eq!(runner.counters().ocr_runs.get(), 2);
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_picture_that_was_never_sent_ends_the_reader() {
    let world = World::new().await;
    let job = world.job("take 7\ntext b").await;
    let runner = world.start(settings("obeys"));
    let told = world.told(job).await;
    assert!(told[0].starts_with("1 FAILED READER_DIED") && told[1] == "2 b", "{told:?}");
    world.drain(&runner).await;
}

/// Takes 60 ms for every picture.
const SLOW: &str = r#"#!/bin/sh
case "$1" in
  --version) echo "tesseract 0.0" ;;
  --list-langs) printf 'List of languages\neng\n' ;;
  *) cat > /dev/null; sleep 0.06
    printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
    printf '5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\tT\n' ;;
esac
"#;

#[tokio::test]
async fn a_result_says_what_its_stages_and_pages_took() {
    // OCR that the page waits for, and OCR of a page ahead.
    for (document, numbers) in [("ocr T\nfail\ntext c", &[1, 3][..]), ("soon T\ntext b\ntake 1", &[1, 2, 3])] {
        let world = World::new().await;
        let job = world.job(document).await;
        let mut settings = settings("obeys");
        settings.cpu_permits = 2;
        settings.tesseract = Some(program(&world, SLOW));
        let runner = world.start(settings);
        let job = world.ended(job).await;
        let written: Vec<(u32, u32)> = world.outcomes(&job).await.iter().filter_map(took).collect();
        let result = job.result.expect("a result");
        assert_eq!(result.page_times.iter().map(|(page, _)| *page).collect::<Vec<_>>(), numbers, "{document}");
        assert_eq!(result.page_times, written, "{document}");
        let stages = &result.stages;
        assert_eq!(stages.page, written.iter().map(|(_, ms)| *ms).sum::<u32>(), "{document}");
        assert!(stages.ocr >= 60 && stages.read >= 60 && stages.read >= stages.page, "{document}: {stages:?}");
        if document.starts_with("ocr") {
            assert!(written[0].1 >= 60, "the page waited for its OCR: {written:?}");
        }
        world.drain(&runner).await;
    }
}

/// Number and time of a page that came out.
fn took(page: &PageOutcome) -> Option<(u32, u32)> {
    match page {
        PageOutcome::Read(page) => Some((page.number, page.elapsed_ms)),
        PageOutcome::Failed { .. } => None,
    }
}
