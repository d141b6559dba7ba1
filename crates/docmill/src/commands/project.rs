use clap::{Args, Subcommand};
use docmill_store::{Keys, Project};
use serde_json::{Value, json};

use super::Common;
use super::visit::Visit;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{data_line, table};

/// Projects of the data folder's server, also while it runs: each has files, jobs and keys of its own
#[derive(Debug, Args)]
pub struct ProjectCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make one and print its id; `docmill key create --project NAME` makes a key for it
    Create { name: String },
    /// List them, oldest first
    Ls,
}

impl ProjectCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        let visit = Visit::open(&config).await?;
        match self.action {
            Action::Create { name } => {
                let (chars, most) = (name.chars().count(), config.limits.title_chars_max as usize);
                if !(1..=most).contains(&chars) {
                    return Err(Refusal::usage(format!("the name has {chars} characters; give 1 to {most}")));
                }
                let made = visit.store.project_create(&name).await?;
                data_line(&if common.json { as_json(&made).to_string() } else { made.id.to_string() })?;
            }
            Action::Ls => list(&visit.store.project_list().await?, common.json)?,
        }
        Ok(Exit::Done)
    }
}

fn list(projects: &[Project], json: bool) -> Refused<()> {
    if json {
        return projects.iter().try_for_each(|project| data_line(&as_json(project).to_string()));
    }
    let row = |project: &Project| {
        let default = if project.is_default { "default" } else { "" };
        vec![project.id.to_string(), default.to_owned(), project.created_at.to_string(), project.name.clone()]
    };
    data_line(&table(&["ID", "", "CREATED", "NAME"], &projects.iter().map(row).collect::<Vec<_>>()))
}

fn as_json(project: &Project) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "organization_id": project.organization_id,
        "is_default": project.is_default,
        "created_at": project.created_at.to_string(),
    })
}

/// A project by its id or name.
pub async fn find(visit: &Visit, given: &str) -> Refused<Project> {
    let projects = visit.store.project_list().await?;
    let found = projects.into_iter().find(|project| project.name == given || project.id.to_string() == given);
    found.ok_or_else(|| {
        Refusal::usage(format!("there is no project `{given}`")).hint("`docmill project ls` lists them.")
    })
}
