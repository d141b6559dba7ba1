use clap::{Args, Subcommand, ValueEnum};
use docmill_model::{JobId, Product};
use docmill_wire::client::{Job, requests};

use super::{Common, told};
use crate::client::ServerArgs;
use crate::refusal::{Exit, Refusal, Refused};

/// Parse and extract jobs of a server
#[derive(Debug, Args)]
pub struct JobCommand {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, newest first
    Ls {
        /// Which jobs
        #[arg(long = "type", value_enum, default_value_t = Kind::Parse, value_name = "TYPE")]
        kind: Kind,
        /// Only those in this state: PENDING, RUNNING, COMPLETED, FAILED or CANCELLED
        #[arg(long, value_name = "STATE")]
        status: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
        limit: usize,
    },
    /// Show one; with --expand also its result
    Show {
        id: String,
        /// Parts of the result, such as markdown,text,items,metadata
        #[arg(long, value_delimiter = ',', value_name = "PART")]
        expand: Vec<String>,
    },
    /// Stop jobs that have not ended
    Cancel {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Delete jobs that have ended, with their results
    Rm {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Parse,
    Extract,
}

impl JobCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let client = self.server.client(&common.config(&[])?)?;
        let json = common.json;
        match self.action {
            Action::Ls { kind, status, limit } => {
                let product = match kind {
                    Kind::Parse => Product::Parse,
                    Kind::Extract => Product::Extract,
                };
                let query: Vec<_> = status.map(|status| ("status", status.to_uppercase())).into_iter().collect();
                let items = client.list(requests::jobs(product), &query, limit).await?;
                told::list(&items, json, &["ID", "STATUS", "CREATED", "SOURCE", "ERROR"], |job: Job| {
                    vec![
                        job.id,
                        job.status,
                        told::instant(job.created_at),
                        job.name.or(job.file_input).unwrap_or_default(),
                        job.error_message.unwrap_or_default(),
                    ]
                })?;
            }
            Action::Show { id, expand } => {
                let query: Vec<_> = expand.into_iter().map(|part| ("expand", part)).collect();
                told::show(&client.get(&requests::job(product(&id)?, &id), &query).await?, json)?;
            }
            Action::Cancel { ids } => {
                for id in ids {
                    client.post(&requests::job_cancel(product(&id)?, &id), None).await?;
                    told::done("cancelled", &id, json)?;
                }
            }
            Action::Rm { ids } => {
                for id in ids {
                    client.delete(&requests::job(product(&id)?, &id)).await?;
                    told::done("deleted", &id, json)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// The prefix of the id says what the job is.
pub(super) fn product(id: &str) -> Refused<Product> {
    let is_printed_so = |product: &Product| JobId::parse(*product, id).is_ok_and(|job| job.to_string() == id);
    Product::ALL.into_iter().find(is_printed_so).ok_or_else(|| {
        Refusal::usage(format!("`{id}` is not a job id")).hint("Parse jobs begin with pjb-, extract jobs with exj-.")
    })
}
