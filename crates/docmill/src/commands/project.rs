use clap::{Args, Subcommand};
use docmill_store::{Keys, Project, Shares};
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
    /// Set how much of the workers one gets; what is not given stays
    Set(SetShares),
    /// List them, oldest first
    Ls,
}

#[derive(Debug, Args)]
struct SetShares {
    /// Its name or id
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Jobs for each one of a project of weight 1, while both have some waiting (0.01 to 100)
    #[arg(long, value_name = "W", value_parser = weight)]
    weight: Option<f64>,
    /// Jobs that may run at a time: a number, `any`, or `default` for what run.project_jobs_max says
    #[arg(long, value_name = "N", value_parser = most)]
    jobs_max: Option<Most>,
    /// Jobs that may be started in a minute: a number, `any`, or `default` for what run.project_jobs_per_minute says
    #[arg(long, value_name = "N", value_parser = most)]
    jobs_per_minute: Option<Most>,
}

/// `None` = what the settings say, 0 = any number.
#[derive(Debug, Clone, Copy)]
struct Most(Option<u32>);

fn most(given: &str) -> Result<Most, String> {
    match given {
        "default" => Ok(Most(None)),
        "any" => Ok(Most(Some(0))),
        number => match number.parse() {
            Ok(most) if most > 0 => Ok(Most(Some(most))),
            _ => Err("give a number above 0, `any` or `default`".to_owned()),
        },
    }
}

fn weight(given: &str) -> Result<f64, String> {
    let weight = given.parse().ok().filter(|weight| (0.01..=100.0).contains(weight));
    weight.ok_or_else(|| "give a number from 0.01 to 100".to_owned())
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
            Action::Set(set) => {
                let project = find(&visit, &set.project).await?;
                let shares = Shares {
                    weight: set.weight.unwrap_or(project.shares.weight),
                    jobs_max: set.jobs_max.map_or(project.shares.jobs_max, |most| most.0),
                    jobs_per_minute: set.jobs_per_minute.map_or(project.shares.jobs_per_minute, |most| most.0),
                };
                let changed = visit.store.project_share(project.id, shares).await?.unwrap_or(project);
                list(&[changed], common.json)?;
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
        let shares = &project.shares;
        vec![
            project.id.to_string(),
            default.to_owned(),
            project.created_at.to_string(),
            shares.weight.to_string(),
            told_most(shares.jobs_max),
            told_most(shares.jobs_per_minute),
            project.name.clone(),
        ]
    };
    data_line(&table(
        &["ID", "", "CREATED", "WEIGHT", "JOBS", "A MINUTE", "NAME"],
        &projects.iter().map(row).collect::<Vec<_>>(),
    ))
}

fn told_most(most: Option<u32>) -> String {
    match most {
        None => "default".to_owned(),
        Some(0) => "any".to_owned(),
        Some(most) => most.to_string(),
    }
}

fn as_json(project: &Project) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "organization_id": project.organization_id,
        "is_default": project.is_default,
        "weight": project.shares.weight,
        "jobs_max": project.shares.jobs_max,
        "jobs_per_minute": project.shares.jobs_per_minute,
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
