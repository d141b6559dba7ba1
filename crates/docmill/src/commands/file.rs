use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use docmill_wire::client::{self, DirectoryFile, Link, requests};
use serde_json::Value;

use super::{Common, told};
use crate::client::{Client, ServerArgs, read};
use crate::local::inputs;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::tell;

/// Files of a server, by themselves or in a directory
#[derive(Debug, Args)]
pub struct FileCommand {
    #[command(flatten)]
    server: ServerArgs,
    /// Directory of the files; without it files stand by themselves
    #[arg(long, global = true, value_name = "DIRECTORY")]
    dir: Option<String>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Upload files, and folders with everything below them, and print an id for each
    Upload {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// List them
    Ls {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
        limit: usize,
    },
    /// Show one with all its fields
    Show { id: String },
    /// Write the content of one to stdout or to a file
    Download {
        id: String,
        /// File to write
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Delete files
    Rm {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

impl FileCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let client = self.server.client(&common.config(&[])?)?;
        let dir = self.dir.as_deref();
        match self.action {
            Action::Upload { paths } => {
                for input in inputs::gather(&paths, None)? {
                    let made = upload(&client, dir, &input.name, &input.path).await?;
                    if !common.quiet && !common.json {
                        tell(&format!("uploaded {}", input.name));
                    }
                    told::made(&made, common.json)?;
                }
            }
            Action::Ls { limit } => list(&client, dir, limit, common.json).await?,
            Action::Show { id } => told::show(&client.get(&path(dir, &id)?, &[]).await?, common.json)?,
            Action::Download { id, out } => download(&client, dir, &id, out.as_deref()).await?,
            Action::Rm { ids } => {
                for id in ids {
                    client.delete(&path(dir, &id)?).await?;
                    told::done("deleted", &id, common.json)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// Where the server has the file. Entries of directories have ids of their own.
fn path(dir: Option<&str>, id: &str) -> Refused<String> {
    match dir {
        Some(dir) => Ok(requests::directory_file(dir, id)),
        None if id.starts_with("dfl-") => {
            Err(Refusal::usage(format!("`{id}` is a file of a directory")).hint("Say which with --dir."))
        }
        None => Ok(requests::file(id)),
    }
}

/// In a directory the path below the named folder is the display name and the unique id, as in a batch without a
/// server: what is uploaded again is the same file.
async fn upload(client: &Client, dir: Option<&str>, name: &str, file: &Path) -> Refused<Value> {
    let name = name.to_owned();
    let uploaded = match dir {
        Some(dir) => {
            let texts = [("display_name", name.clone()), ("unique_id", name)];
            client.upload(&requests::directory_upload(dir), requests::DIRECTORY_UPLOAD_PART, file, &texts).await
        }
        None => {
            let texts = [("purpose", "user_data".to_owned()), ("external_file_id", name)];
            client.upload(requests::FILES, requests::FILE_UPLOAD_PART, file, &texts).await
        }
    };
    Ok(uploaded?)
}

async fn list(client: &Client, dir: Option<&str>, limit: usize, json: bool) -> Refused<()> {
    let Some(dir) = dir else {
        let items = client.list(requests::FILES, &[], limit).await?;
        return told::list(&items, json, &["ID", "PURPOSE", "MODIFIED", "NAME"], |each: client::File| {
            vec![each.id, each.purpose.unwrap_or_default(), told::instant(each.last_modified_at), each.name]
        });
    };
    let items = client.list(&requests::directory_files(dir), &[], limit).await?;
    told::list(&items, json, &["ID", "CREATED", "UNIQUE_ID", "NAME"], |each: DirectoryFile| {
        vec![each.id, told::instant(each.created_at), each.unique_id, each.display_name]
    })
}

async fn download(client: &Client, dir: Option<&str>, id: &str, out: Option<&Path>) -> Refused<()> {
    let at = path(dir, id)?;
    let link: Link = match dir {
        Some(_) => {
            let entry: DirectoryFile = read(&client.get(&at, &[("expand", "download_url".to_owned())]).await?)?;
            entry.download_url.ok_or_else(|| Refusal::failed("the server gives no download link for this file"))?
        }
        None => read(&client.get(&requests::file_content(id), &[]).await?)?,
    };
    let Some(out) = out else {
        client.follow(&link.url, &mut io::stdout()).await?;
        return Ok(());
    };
    let whole = told::Whole::begin(out)?;
    client.follow(&link.url, &mut whole.file()).await?;
    whole.end()
}
