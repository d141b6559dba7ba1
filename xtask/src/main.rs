//! The project's own checks: `cargo xtask check` runs them all, each name alone runs one. Beside them what developers
//! run by hand: `cargo xtask parse-report` and `extract-fit`.

mod deps;
mod extract_fit;
mod licences;
mod metadata;
mod parse_report;
mod sizes;

use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask check | deps | licences | sizes [--report] | parse-report OPTIONS | extract-fit FOLDER...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let report = arguments.iter().any(|argument| argument == "--report");
    let outcome = match arguments.first().map(String::as_str) {
        Some("check") => deps::check().and_then(|()| licences::check()).and_then(|()| sizes::check(report)),
        Some("deps") => deps::check(),
        Some("licences") => licences::check(),
        Some("sizes") => sizes::check(report),
        Some("parse-report") => parse_report::report(&arguments[1..]),
        Some("extract-fit") => extract_fit::run(&arguments[1..]),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
