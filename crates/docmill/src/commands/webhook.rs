mod listen;

use clap::{Args, Subcommand};
use docmill_wire::client::{Delivery, Webhook, requests};
use serde_json::json;

use super::{Common, told};
use crate::client::{Client, ServerArgs};
use crate::refusal::{Exit, Refused};

/// Webhooks: what a server tells whom, and a receiver to try them with
#[derive(Debug, Args)]
pub struct WebhookCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Listen(listen::Listen),
    /// List saved webhook configurations, newest first
    Ls {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List deliveries, newest first
    Log {
        #[command(flatten)]
        server: ServerArgs,
        /// Only those to this saved configuration
        #[arg(long, value_name = "ID")]
        webhook: Option<String>,
        /// Only those of this batch and its jobs
        #[arg(long, value_name = "ID")]
        batch: Option<String>,
        /// Only those of this job
        #[arg(long, value_name = "ID")]
        job: Option<String>,
        /// Only those in this state: PENDING, DELIVERED or DEAD
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Send an event about nothing to a saved configuration
    Test {
        #[command(flatten)]
        server: ServerArgs,
        /// Id, as `docmill webhook ls` shows it
        id: String,
        /// Which event to play
        #[arg(long, value_name = "TYPE", default_value = "unmapped_event")]
        event: String,
    },
    /// Send events again that were delivered or given up
    Replay {
        #[command(flatten)]
        server: ServerArgs,
        /// Ids, as `docmill webhook log` shows them
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

impl WebhookCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let json = common.json;
        match self.action {
            Action::Listen(command) => return command.run(common).await,
            Action::Ls { server } => list(&client(&server, common)?, json).await?,
            Action::Log { server, webhook, batch, job, state, limit } => {
                let filters = [
                    ("webhook_configuration_id", webhook),
                    ("batch_id", batch),
                    ("job_id", job),
                    ("state", state.map(|state| state.to_uppercase())),
                ];
                let query: Vec<_> = filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
                log(&client(&server, common)?, &query, limit, json).await?;
            }
            Action::Test { server, id, event } => {
                let body = json!({"event_type": event});
                told::made(&client(&server, common)?.post(&requests::webhook_test(&id), Some(&body)).await?, json)?;
            }
            Action::Replay { server, ids } => {
                let client = client(&server, common)?;
                for id in ids {
                    told::made(&client.post(&requests::webhook_replay(&id), None).await?, json)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

fn client(server: &ServerArgs, common: &Common) -> Refused<Client> {
    server.client(&common.config(&[])?)
}

async fn list(client: &Client, json: bool) -> Refused<()> {
    let items = client.list(requests::WEBHOOKS, &[], usize::MAX).await?;
    told::list(&items, json, &["ID", "EVENTS", "SIGNED", "URL"], |webhook: Webhook| {
        let events = webhook.webhook_events.map_or_else(|| "all".to_owned(), |events| events.join(","));
        let signed = if webhook.has_secret { "yes" } else { "no" };
        vec![webhook.id, events, signed.to_owned(), webhook.webhook_url]
    })
}

async fn log(client: &Client, query: &[(&str, String)], limit: usize, json: bool) -> Refused<()> {
    let items = client.list(requests::DELIVERIES, query, limit).await?;
    told::list(&items, json, &["ID", "STATE", "TRIES", "EVENT", "ABOUT", "TO", "ERROR"], |delivery: Delivery| {
        vec![
            delivery.id,
            delivery.state,
            delivery.attempts.to_string(),
            delivery.event_type,
            delivery.job_id.or(delivery.batch_id).unwrap_or_default(),
            delivery.target,
            delivery.error_message.unwrap_or_default(),
        ]
    })
}
