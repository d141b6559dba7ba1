//! Archives among the inputs as directories of documents: every file in them is an input of its own.
//!
//! Whoever made an archive must not reach this process: `docmill unpack` opens it, in a confined process of its own, within
//! the limits of docs/FORMATS.md, and what it says names nothing on the disk but numbers.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use docmill_runner::confine::Needs;
use docmill_runner::tools::Launcher;
use serde::{Deserialize, Serialize};

use super::inputs::{self, Input};
use crate::config::Config;
use crate::refusal::{Refusal, Refused};
use crate::terminal::tell;
use crate::workers;

const FOLDER: &str = ".docmill/unpacked";
/// Names of archives that are opened, by their ends.
const ENDINGS: [&str; 4] = [".zip", ".tar", ".tar.gz", ".tgz"];

/// A line that `docmill unpack` prints.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Told {
    /// A file of the archive, and its name in the folder.
    File { path: String, file: String },
    /// A file that is not there, with the reason.
    Left { text: String },
}

/// The inputs with the files of archives in their place, called `archive.zip/path`. An archive that cannot be opened
/// stays: reading it says why.
pub async fn unpacked(found: Vec<Input>, out: &Path, config: &Config, quiet: bool) -> Refused<Vec<Input>> {
    let folder =
        std::path::absolute(out.join(FOLDER)).map_err(|error| Refusal::io("find the output folder", &error))?;
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Refusal::io(format!("empty `{}`", folder.display()), &error))?;
    }
    let mut inputs = Vec::new();
    for (number, input) in found.into_iter().enumerate() {
        let name = input.name.to_lowercase();
        if input.withheld.is_some() || !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            inputs.push(input);
            continue;
        }
        let own = folder.join(number.to_string());
        fs::create_dir_all(&own).map_err(|error| Refusal::io(format!("make `{}`", own.display()), &error))?;
        match files(&input, &own, config).await? {
            Some(told) => inputs.extend(of(&input.name, &own, told, quiet)),
            None => inputs.push(input),
        }
    }
    inputs::ordered(inputs)
}

fn of(archive: &str, folder: &Path, told: Vec<Told>, quiet: bool) -> Vec<Input> {
    let mut inputs = Vec::new();
    for told in told {
        match told {
            Told::File { path, file } if file.parse::<u32>().is_ok() => {
                let safe: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
                inputs.push(Input::new(format!("{archive}/{}", safe.join("/")), folder.join(file)));
            }
            Told::Left { text } if !quiet => tell(&format!("not unpacked: {archive}/{text}")),
            _ => {}
        }
    }
    inputs
}

/// What the archive holds; `None` when it is none that can be opened.
async fn files(input: &Input, folder: &Path, config: &Config) -> Refused<Option<Vec<Told>>> {
    let program = std::env::current_exe().map_err(|error| Refusal::io("find the program itself", &error))?;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| Refusal::io("see where files are", &error));
    let (archive, folder) = (absolute(&input.path)?, absolute(folder)?);
    let needs =
        Needs { read: vec![archive.clone()], unix_sockets: false, file_bytes_max: config.limits.upload_bytes_max };
    let launcher = Launcher::new(Some(workers::itself("confine")?), config.isolation);
    let command = launcher.command(&folder, &program, needs, config.run.reader_memory_bytes_max);
    let mut command = command.map_err(|error| Refusal::io("run `docmill unpack`", &error))?;
    command.arg("unpack").args([&archive, &folder]).stdin(Stdio::null()).stderr(Stdio::null());
    let time = Duration::from_millis(config.run.document_base_ms);
    let ended = match tokio::time::timeout(time, command.output()).await {
        Ok(ended) => ended.map_err(|error| Refusal::io("run `docmill unpack`", &error))?,
        Err(_) => return Ok(None),
    };
    if !ended.status.success() {
        return Ok(None);
    }
    let lines = String::from_utf8_lossy(&ended.stdout);
    let told: Vec<Told> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Ok(told.iter().any(|told| matches!(told, Told::File { .. })).then_some(told))
}
