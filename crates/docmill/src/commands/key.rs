use clap::{Args, Subcommand};
use docmill_model::{KeyId, ProjectId};
use docmill_store::{Key, Keys};
use serde_json::{Value, json};

use super::Common;
use super::project::find;
use super::visit::Visit;
use crate::refusal::{Exit, Refusal, Refused};
use crate::secret;
use crate::terminal::{data_line, tell};

/// API keys of the data folder's server, also while it runs
#[derive(Debug, Args)]
pub struct KeyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print it; it is not kept and cannot be shown again
    Create {
        /// What the key is for
        #[arg(default_value = "key")]
        name: String,
        /// Project that the key opens, by id or name; the default one by default
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
    },
    /// List keys by their first characters
    Ls,
    /// Make a key useless at once
    Revoke {
        /// Id, as `docmill key ls` shows it
        id: String,
    },
}

impl KeyCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let visit = Visit::open(&common.config(&[])?).await?;
        match self.action {
            Action::Create { name, project } => {
                let project = match project {
                    Some(project) => find(&visit, &project).await?.id,
                    None => visit.project,
                };
                create(&visit, project, &name, common).await?;
            }
            Action::Ls => {
                for key in visit.store.key_list().await? {
                    data_line(&if common.json { as_json(&key).to_string() } else { as_text(&key) })?;
                }
            }
            Action::Revoke { id } => revoke(&visit, &id, common.json).await?,
        }
        Ok(Exit::Done)
    }
}

async fn create(visit: &Visit, project: ProjectId, name: &str, common: &Common) -> Refused<()> {
    let secret = secret::generate();
    let key = visit.store.key_create(secret::record(project, name, &secret)).await?;
    if common.json {
        let mut told = as_json(&key);
        told["key"] = json!(secret);
        return data_line(&told.to_string());
    }
    if !common.quiet {
        tell(&format!("{} made; keep it, it cannot be shown again", key.id));
    }
    data_line(&secret)
}

async fn revoke(visit: &Visit, given: &str, json: bool) -> Refused<()> {
    let id: KeyId = given.parse().map_err(|error: docmill_model::ids::IdError| Refusal::usage(error.to_string()))?;
    if !visit.store.key_revoke(id).await? {
        return Err(Refusal::failed(format!("there is no key `{id}` that could be revoked"))
            .hint("`docmill key ls` lists them."));
    }
    data_line(&if json { json!({"id": id}).to_string() } else { format!("revoked {id}") })
}

fn as_text(key: &Key) -> String {
    let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
    format!("{}\t{}...\t{state}\t{}\t{}", key.id, key.hint, key.created_at, key.name)
}

fn as_json(key: &Key) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "project_id": key.project,
        "created_at": key.created_at.to_string(),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    })
}
