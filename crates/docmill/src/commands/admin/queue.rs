use docmill_model::{BatchId, JobId};
use docmill_store::{Admin, StuckJob};
use serde_json::{Value, json};

use crate::commands::job::product;
use crate::commands::told;
use crate::commands::visit::Visit;
use crate::config::Config;
use crate::refusal::{Refusal, Refused};
use crate::terminal::{data_line, table};

pub async fn stuck(config: &Config, older_s: u32, limit: u32, json: bool) -> Refused<()> {
    let visit = existing(config).await?;
    let jobs = visit.store.job_stuck(i64::from(older_s) * 1_000, limit).await?;
    if json {
        return jobs.iter().try_for_each(|job| data_line(&as_json(job).to_string()));
    }
    let rows: Vec<Vec<String>> = jobs.iter().map(row).collect();
    data_line(&table(&["ID", "STATUS", "WHY", "SINCE", "TRIES", "STRIKES", "LOST", "NAME", "LAST FAILURE"], &rows))
}

pub async fn requeue(config: &Config, ids: &[String], json: bool) -> Refused<()> {
    let visit = existing(config).await?;
    for id in ids {
        let job = JobId::parse(product(id)?, id).map_err(|error| Refusal::usage(error.to_string()))?;
        if visit.store.job_requeue(job).await?.is_none() {
            return Err(Refusal::failed(format!("there is no job {id}")).hint("`docmill admin stuck` lists open jobs."));
        }
        told::done("queued", id, json)?;
    }
    Ok(())
}

pub async fn prioritise(config: &Config, id: &str, priority: i32, json: bool) -> Refused<()> {
    let visit = existing(config).await?;
    let batch = id.parse::<BatchId>().map_err(|error| Refusal::usage(error.to_string()))?;
    if visit.store.batch_prioritise(batch, priority).await?.is_none() {
        return Err(Refusal::failed(format!("there is no batch {id}")).hint("`docmill batch ls` lists them."));
    }
    told::done("prioritised", id, json)
}

/// A data folder that is only looked at is not made.
pub async fn existing(config: &Config) -> Refused<Visit> {
    match Visit::open_existing(config).await? {
        Some(visit) => Ok(visit),
        None => Err(Refusal::failed(format!("`{}` holds no store", config.data_folder()?.display()))
            .hint("Name the server's folder with --data.")),
    }
}

fn row(job: &StuckJob) -> Vec<String> {
    vec![
        job.id.to_string(),
        job.status.to_string(),
        job.why.as_str().to_owned(),
        told::instant(Some(job.since.to_string())),
        job.attempt.to_string(),
        job.strikes.to_string(),
        job.expiries.to_string(),
        job.name.clone(),
        job.failure.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn as_json(job: &StuckJob) -> Value {
    json!({
        "id": job.id.to_string(),
        "batch_id": job.batch.map(|batch| batch.to_string()),
        "name": job.name,
        "status": job.status.to_string(),
        "why": job.why.as_str(),
        "since": job.since.to_string(),
        "attempts": job.attempt,
        "strikes": job.strikes,
        "expiries": job.expiries,
        "worker": job.worker,
        "error_message": job.failure.as_ref().map(ToString::to_string),
    })
}
