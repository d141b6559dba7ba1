//! The real router on a port of its own, over a real store in a temporary folder. No runner: where a job has to be
//! in a state, the test takes it through the store's queue.

#![allow(clippy::unwrap_used)] // all of this is tests; clippy sees only functions marked as such

mod again;
mod batches;
mod configurations;
mod cut_off;
mod description;
mod directories;
mod directory_files;
mod events;
mod export;
mod files;
mod insight;
mod jobs;
mod links;
mod operations;
mod paging;
mod results;
mod schemas;
mod server;
mod webhooks;
