//! A run against a server from its inputs to its summary.

use std::fs;
use std::time::Instant;

use docmill_model::Product;
use tokio_util::sync::CancellationToken;

use super::follow::Follow;
use super::journal::{Identity, Journal};
use crate::client::Client;
use crate::config::Config;
use crate::local::inputs::Input;
use crate::local::outputs::Outputs;
use crate::local::run::{hash, opening};
use crate::local::summary::Report;
use crate::refusal::{Refusal, Refused};
use crate::terminal::{Voice, tell};

/// What to do with which files, and where.
pub struct Order {
    pub client: Client,
    pub inputs: Vec<Input>,
    /// The server and the configuration that it knows.
    pub identity: Identity,
    pub product: Product,
    /// The output folder and what is wanted in it.
    pub outputs: Outputs,
    pub voice: Voice,
    pub config: Config,
}

/// Runs the order: outputs and manifest are written when it returns.
pub async fn execute(mut order: Order, stop: &CancellationToken) -> Refused<Report> {
    let began = Instant::now();
    let out = order.outputs.out.clone();
    let found = std::mem::take(&mut order.inputs);
    fs::create_dir_all(&out).map_err(|error| Refusal::io(format!("make the folder `{}`", out.display()), &error))?;
    let journal = Journal::open(&out, order.identity.clone())?;
    let paths = found.iter().map(|input| input.path.clone()).collect();
    let sources = hash(found, &order.config, stop).await?;
    let voice = order.voice;
    let mut follow = Follow::begin(order, journal, paths, sources)?;
    let before = follow.before();
    if !voice.quiet {
        tell(&opening(before, follow.to_do()));
    }
    let is_interrupted = follow.run_until_done(stop).await?;
    let lines = follow.end()?;
    Ok(Report { out, lines, before, interrupted: is_interrupted, elapsed: began.elapsed() })
}
