//! How far a run is, on stderr: a bar on a terminal, now and then a plain line elsewhere.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::{count, tell};

/// Plain lines come at most this often.
const LINE_EVERY: Duration = Duration::from_secs(5);

pub struct Progress {
    look: Look,
    started: Instant,
    files: usize,
    done: usize,
    pages: u64,
    failures: BTreeMap<String, usize>,
}

enum Look {
    Silent,
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Progress {
    /// Progress over `files` that are still to do.
    pub fn start(files: usize, quiet: bool) -> Self {
        let started = Instant::now();
        let look = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Look::Silent,
            (false, false) => Look::Lines { last: started },
            (false, true) => Look::Bar(bar(files)),
        };
        Self { look, started, files, done: 0, pages: 0, failures: BTreeMap::new() }
    }

    /// One more file is finished, perhaps with the code of its failure.
    pub fn file(&mut self, failure: Option<&str>) {
        self.done += 1;
        if let Some(code) = failure {
            *self.failures.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// Shows where the run is; `pages` read by now.
    pub fn show(&mut self, pages: u64) {
        self.pages = pages;
        self.look(&describe(self.done, self.files, Some(pages), self.started.elapsed(), &self.failures));
    }

    /// Shows a run that goes on elsewhere: `done` files have ended, and pages are not counted here.
    pub fn show_files(&mut self, done: usize) {
        self.done = done;
        self.look(&describe(done, self.files, None, self.started.elapsed(), &self.failures));
    }

    fn look(&mut self, text: &str) {
        match &mut self.look {
            Look::Silent => {}
            Look::Bar(bar) => {
                bar.set_position(self.done as u64);
                bar.set_message(text.to_owned());
            }
            Look::Lines { last } if last.elapsed() >= LINE_EVERY => {
                *last = Instant::now();
                tell(text);
            }
            Look::Lines { .. } => {}
        }
    }

    /// Takes the bar away, so that the summary begins on a clean line.
    pub fn end(self) -> Duration {
        if let Look::Bar(bar) = &self.look {
            bar.finish_and_clear();
        }
        self.started.elapsed()
    }
}

fn bar(files: usize) -> ProgressBar {
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn describe(
    done: usize,
    files: usize,
    pages: Option<u64>,
    after: Duration,
    failures: &BTreeMap<String, usize>,
) -> String {
    let mut text = format!("{done} of {}", count(files, "file"));
    let seconds = after.as_secs_f64();
    if let Some(pages) = pages {
        text += &format!(", {}", count(pages as usize, "page"));
        if pages > 0 && seconds > 0.5 {
            text += &format!(", {:.0} pages/s", pages as f64 / seconds);
        }
    }
    if done > 0 && done < files {
        let left = seconds / done as f64 * (files - done) as f64;
        text += &format!(", {} left", clock(left));
    }
    for (code, number) in failures {
        text += &format!(", {number} {code}");
    }
    text
}

/// `45 s`, `3 min`, `2 h 5 min`: an estimate, so no finer than that.
fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        _ if seconds < 90.0 => format!("{} s", seconds.ceil() as u64),
        0..60 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_files_pages_speed_time_left_and_failures() {
        let failures = BTreeMap::from([("EMPTY_FILE".to_owned(), 2)]);
        let check = |done, files, pages, seconds, expected: &str| {
            let failures = if done == 50 { &failures } else { &BTreeMap::new() };
            assert_eq!(describe(done, files, Some(pages), Duration::from_secs(seconds), failures), expected);
        };
        check(0, 1, 0, 0, "0 of 1 file, 0 pages");
        check(50, 200, 1_000, 10, "50 of 200 files, 1000 pages, 100 pages/s, 30 s left, 2 EMPTY_FILE");
        check(200, 200, 1, 100, "200 of 200 files, 1 page, 0 pages/s");
        assert_eq!(describe(1, 3, None, Duration::from_secs(2), &BTreeMap::new()), "1 of 3 files, 4 s left");
    }

    #[test]
    fn times_left_are_round() {
        for (seconds, expected) in [(0.2, "1 s"), (89.0, "89 s"), (100.0, "2 min"), (7_500.0, "2 h 5 min")] {
            assert_eq!(clock(seconds), expected);
        }
    }
}
