//! The real program, end to end.

mod batch;
mod help;
mod nouns;
mod program;
mod serve;
mod settings;
