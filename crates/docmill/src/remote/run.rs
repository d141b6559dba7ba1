//! A run against a server from its inputs to its summary.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use docmill_model::Product;

use super::follow::Follow;
use super::journal::{Identity, Journal};
use crate::client::Client;
use crate::config::Config;
use crate::local::outputs::Outputs;
use crate::local::run::{hash, opening, report};
use crate::local::summary::Report;
use crate::local::{inputs, interrupted};
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{Voice, tell};

/// What to do with which files, and where.
pub struct Order {
    pub client: Client,
    pub paths: Vec<PathBuf>,
    /// The server and the configuration that it knows.
    pub identity: Identity,
    pub product: Product,
    /// The output folder and what is wanted in it.
    pub outputs: Outputs,
    pub voice: Voice,
    pub config: Config,
}

/// Runs the order and says how it ended.
pub async fn run(order: Order) -> Refused<Exit> {
    let began = Instant::now();
    let stop = interrupted()?;
    let out = order.outputs.out.clone();
    let found = inputs::gather(&order.paths, Some(&out))?;
    fs::create_dir_all(&out).map_err(|error| Refusal::io(format!("make the folder `{}`", out.display()), &error))?;
    let journal = Journal::open(&out, order.identity.clone())?;
    let paths = found.iter().map(|input| input.path.clone()).collect();
    let sources = hash(found, &order.config, &stop).await?;
    let voice = order.voice;
    let mut follow = Follow::begin(order, journal, paths, sources)?;
    let before = follow.before();
    if !voice.quiet {
        tell(&opening(before, follow.to_do()));
    }
    let is_interrupted = follow.run_until_done(&stop).await?;
    let lines = follow.end()?;
    report(&Report { out, lines, before, interrupted: is_interrupted, elapsed: began.elapsed() }, voice)
}
