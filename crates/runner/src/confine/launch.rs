//! `docmill confine PROFILE PROGRAM ARGUMENTS...`: limits itself, then becomes the program. Its process id, its group
//! and its pipes stay what they were, so whoever started it watches and kills the tool itself.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use rustix::process::Resource;

use super::{ToolProfile, kernel, limit, tool};

/// Files, pipes and sockets that a tool may have open.
const FILES_MAX: u64 = 512;

/// `arguments` are those after `confine`. Returns only when the program cannot be started.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter();
    let started = match (arguments.next(), arguments.next()) {
        (Some(profile), Some(program)) => start(&profile, &program, arguments),
        _ => Err(io::Error::other("a profile and a program are needed")),
    };
    if let Err(error) = started {
        eprintln!("confine: {error}");
    }
    ExitCode::FAILURE
}

#[cfg(unix)]
fn start(profile: &OsString, program: &OsString, arguments: impl Iterator<Item = OsString>) -> io::Result<()> {
    use std::os::unix::process::CommandExt;
    let profile = profile.to_str().ok_or_else(|| io::Error::other("the profile is no text"))?;
    let profile: ToolProfile = serde_json::from_str(profile)?;
    prepare(&profile)?;
    Err(Command::new(Path::new(program)).args(arguments).exec())
}

fn prepare(profile: &ToolProfile) -> io::Result<()> {
    kernel::die_with(profile.parent)?;
    limit([
        (Resource::Core, 0),
        (Resource::Nofile, FILES_MAX),
        (Resource::Fsize, profile.needs.file_bytes_max),
        (Resource::As, profile.memory_bytes_max),
    ])?;
    tool(profile).map(drop)
}
