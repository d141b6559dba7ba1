use clap::{Args, Subcommand};
use docmill_wire::client::{Directory, requests};

use super::{Common, told};
use crate::client::ServerArgs;
use crate::refusal::{Exit, Refusal, Refused};

/// Directories of a server: the sources of batches
#[derive(Debug, Args)]
pub struct DirCommand {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make one and print its id
    Create {
        name: String,
        /// Let the server delete it after a while (48 hours)
        #[arg(long)]
        ephemeral: bool,
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// List them, newest first
    Ls {
        /// Only those with this name
        #[arg(long)]
        name: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
        limit: usize,
    },
    /// Show one with all its fields
    Show { id: String },
    /// Change the name or the description of one
    Update {
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Delete directories with their files; results stay
    Rm {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

impl DirCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let client = self.server.client(&common.config(&[])?)?;
        let json = common.json;
        match self.action {
            Action::Create { name, ephemeral, description } => {
                let body = requests::create_directory(&name, ephemeral, description.as_deref());
                told::made(&client.post(requests::DIRECTORIES, Some(&body)).await?, json)?;
            }
            Action::Ls { name, limit } => {
                let query: Vec<_> = name.map(|name| ("name", name)).into_iter().collect();
                let items = client.list(requests::DIRECTORIES, &query, limit).await?;
                told::list(&items, json, &["ID", "TYPE", "CREATED", "EXPIRES", "NAME"], |each: Directory| {
                    vec![each.id, each.kind, told::instant(each.created_at), told::instant(each.expires_at), each.name]
                })?;
            }
            Action::Show { id } => told::show(&client.get(&requests::directory(&id), &[]).await?, json)?,
            Action::Update { id, name, description } => {
                if name.is_none() && description.is_none() {
                    return Err(Refusal::usage("nothing to change was given").hint("Give --name or --description."));
                }
                let body = requests::update_directory(name.as_deref(), description.as_deref());
                told::show(&client.patch(&requests::directory(&id), &body).await?, json)?;
            }
            Action::Rm { ids } => {
                for id in ids {
                    client.delete(&requests::directory(&id)).await?;
                    told::done("deleted", &id, json)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}
