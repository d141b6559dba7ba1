//! How every tool starts: restricted to what it needs, with nothing of our environment, in a home folder of its own
//! that goes when it is done, in a process group of its own that is killed with it.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::confine::{Isolation, Needs, ToolProfile};
use crate::guard;
use crate::settings::ReaderCommand;

/// A tool's address space, in times of the resident memory it may use.
const ADDRESS_SPACE_FACTOR: u64 = 4;

/// Starts tools.
#[derive(Debug, Clone, Default)]
pub struct Launcher {
    confine: Option<ReaderCommand>,
    isolation: Isolation,
}

impl Launcher {
    /// `confine`: the program that restricts itself and becomes the tool; `None`: tools are not restricted.
    pub fn new(confine: Option<ReaderCommand>, isolation: Isolation) -> Self {
        Self { confine, isolation }
    }

    /// A tool that is about to start. `memory_bytes_max`: resident memory that it and its children may use.
    pub(crate) fn tool(&self, program: &Path, needs: Needs, memory_bytes_max: u64) -> io::Result<Tool> {
        let home = tempfile::tempdir()?;
        let command = self.command(home.path(), program, needs, memory_bytes_max)?;
        Ok(Tool { command, home })
    }

    /// The same in a folder of the caller's, which is the only one where the tool may write.
    ///
    /// # Errors
    /// When its profile cannot be written down.
    pub fn command(&self, home: &Path, program: &Path, needs: Needs, memory_bytes_max: u64) -> io::Result<Command> {
        // It starts in another folder than we do.
        let program = &std::path::absolute(program)?;
        let mut command = match &self.confine {
            Some(confine) => {
                let profile = ToolProfile {
                    isolation: self.isolation,
                    parent: std::process::id(),
                    home: home.to_owned(),
                    memory_bytes_max: memory_bytes_max.saturating_mul(ADDRESS_SPACE_FACTOR),
                    needs: with_program(needs, program),
                };
                let mut command = Command::new(&confine.program);
                command.args(&confine.args).arg(serde_json::to_string(&profile)?).arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .env_clear()
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("LC_ALL", "C")
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        Ok(command)
    }
}

/// A program may be read where it lies, also behind links.
fn with_program(mut needs: Needs, program: &Path) -> Needs {
    needs.read.push(program.to_owned());
    needs.read.extend(program.canonicalize().ok());
    needs
}

pub(crate) struct Tool {
    /// For arguments and variables. Its three pipes are open.
    pub command: Command,
    home: TempDir,
}

impl Tool {
    pub fn start(mut self) -> io::Result<Running> {
        Ok(Running { child: self.command.spawn()?, _home: self.home })
    }
}

/// A started tool; dropped, it dies with all it started.
pub(crate) struct Running {
    pub child: Child,
    _home: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        guard::kill_group(self.child.id());
    }
}
