//! The real program, end to end.

mod batch;
mod faults;
mod help;
mod nouns;
mod program;
mod serve;
mod settings;
