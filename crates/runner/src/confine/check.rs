//! What holds for a reader child here: a process restricts itself as a reader does and then tries what it must not.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{getppid, test_kill_process};
use serde::{Deserialize, Serialize};

use super::{Isolation, Layers};
use crate::settings::ReaderCommand;

/// Makes a reader child check itself instead of reading.
pub const CHECK_ARGUMENT: &str = "--check";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub layers: Layers,
    /// What the process could do although a reader must not.
    pub could: Vec<String>,
}

impl Found {
    pub fn is_complete(&self) -> bool {
        self.layers.missing().is_empty() && self.could.is_empty()
    }

    /// One sentence for people.
    pub fn sentence(&self) -> String {
        if self.is_complete() {
            return "readers and tools run under no_new_privs, landlock and seccomp: a reader cannot open files, use the \
                    network or start programs"
                .to_owned();
        }
        let missing = self.layers.missing().join(", ");
        let missing = if missing.is_empty() { String::new() } else { format!("not there: {missing}; ") };
        if self.could.is_empty() {
            return format!("{missing}what is left still keeps a reader from files, network and programs");
        }
        format!("{missing}a reader can {}", self.could.join(", "))
    }
}

/// Asks a process of its own, which ends afterwards. `reader` is the program that becomes a reader child.
pub fn ask(reader: &ReaderCommand) -> io::Result<Found> {
    let mut command = Command::new(&reader.program);
    command.args(&reader.args).arg(CHECK_ARGUMENT).env_clear().current_dir("/").stdin(Stdio::null());
    let said = command.output()?;
    if !said.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&said.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&said.stdout).map_err(io::Error::other)
}

/// The body of that process: prints what was found.
pub fn run() -> ExitCode {
    let found = super::reader(Isolation::BestEffort).map(|layers| Found { layers, could: tries() });
    match found.and_then(|found| serde_json::to_string(&found).map_err(io::Error::other)) {
        Ok(json) => {
            println!("{json}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("reader: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tries() -> Vec<String> {
    let written = std::env::temp_dir().join(format!("docmill-check-{}", std::process::id()));
    let tries: [(&str, io::Result<()>); 5] = [
        ("open files", File::open("/etc/passwd").map(drop)),
        ("make files", File::create_new(&written).and_then(|_| std::fs::remove_file(&written))),
        // Port 9 is where nobody listens: that is another answer than not being allowed to ask.
        ("use the network", TcpStream::connect("127.0.0.1:9").map(drop)),
        ("start programs", Command::new("/bin/true").stdin(Stdio::null()).status().map(drop)),
        ("send signals to its worker", getppid().map_or(Ok(()), |parent| Ok(test_kill_process(parent)?))),
    ];
    let refused = |tried: &io::Result<()>| matches!(tried, Err(error) if error.kind() == ErrorKind::PermissionDenied);
    tries.into_iter().filter(|(_, tried)| !refused(tried)).map(|(what, _)| what.to_owned()).collect()
}
