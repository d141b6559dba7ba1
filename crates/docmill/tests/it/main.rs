//! The real program, end to end.
#![expect(clippy::unwrap_used, reason = "all of this is tests; clippy sees only the functions marked #[test] as such")]

mod again;
mod batch;
mod diff;
mod extract;
mod faults;
mod help;
mod nouns;
mod program;
mod remote;
mod serve;
mod settings;
mod watch;
mod webhooks;
