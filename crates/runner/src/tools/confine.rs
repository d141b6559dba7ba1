//! The way of a tool into its limits: this program, which gives itself limits and then becomes the tool.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Resource, Rlimit, setrlimit};

/// Largest file that a tool may write, bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Files and pipes open at a time.
const FILES_MAX: u64 = 1_024;
/// The tool's address space, in times of the resident memory that it may use.
const ADDRESS_SPACE_FACTOR: u64 = 4;

/// `PARENT MEMORY PROGRAM ARGUMENTS...`: becomes the program, unless the worker with the process id PARENT is gone. Dies
/// with that worker. MEMORY is the resident memory that the worker watches, bytes.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let error = become_tool(arguments);
    eprintln!("confine: {error}");
    ExitCode::FAILURE
}

/// Returns only what went wrong.
fn become_tool(mut arguments: impl Iterator<Item = OsString>) -> io::Error {
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    let (Some(parent), Some(memory)) = (number(), number()) else {
        return io::Error::other("the worker's process id and a number of bytes are missing");
    };
    let Some(program) = arguments.next() else { return io::Error::other("the program is missing") };
    if let Err(error) = limit(parent, memory) {
        return error;
    }
    Command::new(program).args(arguments).exec()
}

fn limit(parent: u64, memory: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // A worker that died before that call sends nothing any more.
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    if now.and_then(|pid| u64::try_from(pid).ok()) != Some(parent) {
        return Err(io::Error::other("the worker is gone"));
    }
    let address_space = memory.saturating_mul(ADDRESS_SPACE_FACTOR);
    for (resource, value) in [
        (Resource::Core, 0),
        (Resource::Fsize, FILE_BYTES_MAX),
        (Resource::Nofile, FILES_MAX),
        (Resource::As, address_space),
    ] {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        for (given, expected) in [
            (&[][..], "process id"),
            (&["1"], "process id"),
            (&["x", "1", "true"], "process id"),
            (&["1", "1"], "the program is missing"),
            (&["1", "1", "true"], "the worker is gone"),
        ] {
            let error = become_tool(given.iter().map(OsString::from));
            assert!(error.to_string().contains(expected), "{given:?}: {error}");
        }
    }
}
