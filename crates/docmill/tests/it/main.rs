//! The real program, end to end.
#![expect(clippy::unwrap_used, reason = "all of this is tests; clippy sees only the functions marked #[test] as such")]

mod admin;
mod again;
mod batch;
mod bombs;
mod caps;
mod cluster;
mod deploy;
mod diff;
mod extract;
mod extractions;
mod faults;
mod help;
mod isolation;
mod journal;
mod nouns;
mod office_bombs;
mod program;
mod remote;
mod serve;
mod server;
mod settings;
mod stops;
mod traces;
mod watch;
mod webhooks;
