//! What the kernel keeps a process from: set by the process itself, on itself, before it meets a document, and never
//! taken back.
//!
//! A reader child may compute and talk over the pipes it was born with, nothing else (`reader`). A tool starts through
//! `docmill confine` (`launch`), which limits itself and then becomes the tool. `check` says what really holds here.

pub mod check;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod kernel;
pub mod launch;

use std::io;
use std::path::PathBuf;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// Whether a process may go on without a restriction that the kernel does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Goes on with what there is; `doctor` and the log say what is missing.
    #[default]
    BestEffort,
    /// Does not start.
    Required,
}

impl Isolation {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BestEffort => "best_effort",
            Self::Required => "required",
        }
    }
}

/// The kernel's restrictions that hold for a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    /// No program that it starts has more rights than it (`no_new_privs`).
    pub no_new_privileges: bool,
    /// Files and the network (landlock).
    pub landlock: bool,
    /// System calls (seccomp).
    pub seccomp: bool,
}

impl Layers {
    /// Names of those that do not hold, as administrators know them.
    pub fn missing(self) -> Vec<&'static str> {
        let layers = [(self.no_new_privileges, "no_new_privs"), (self.landlock, "landlock"), (self.seccomp, "seccomp")];
        layers.into_iter().filter(|(holds, _)| !holds).map(|(_, name)| name).collect()
    }

    fn demanded(self, isolation: Isolation) -> io::Result<Self> {
        let missing = self.missing();
        if isolation == Isolation::Required && !missing.is_empty() {
            return Err(io::Error::other(format!("isolation is required and not there: {}", missing.join(", "))));
        }
        Ok(self)
    }
}

/// What a tool needs of the system, apart from what every program needs to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Files and folders that it may read, besides the programs and libraries of the system.
    pub read: Vec<PathBuf>,
    /// Sockets between its own processes.
    pub unix_sockets: bool,
    /// Bytes of the longest file that it may write.
    pub file_bytes_max: u64,
}

/// Everything that `docmill confine` is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToolProfile {
    pub isolation: Isolation,
    /// The process that the tool must not outlive.
    pub parent: u32,
    /// The one folder in which it may write.
    pub home: PathBuf,
    /// Address space of each of its processes, bytes.
    pub memory_bytes_max: u64,
    pub needs: Needs,
}

/// Restricts this process to computing and to the pipes it has: no file, no socket, no other program, no memory that
/// is written and then run. Call it while the process has one thread; later threads inherit it.
pub(crate) fn reader(isolation: Isolation) -> io::Result<Layers> {
    let layers = Layers {
        no_new_privileges: kernel::no_new_privileges(),
        landlock: kernel::no_files_no_network(),
        seccomp: kernel::calls_of_a_reader(),
    };
    layers.demanded(isolation)
}

/// Restricts this process to what the tool needs that it is about to become.
pub(crate) fn tool(profile: &ToolProfile) -> io::Result<Layers> {
    let layers = Layers {
        no_new_privileges: kernel::no_new_privileges(),
        landlock: kernel::files_of_a_tool(&profile.needs.read, &profile.home, profile.needs.unix_sockets),
        seccomp: kernel::calls_of_a_tool(profile.needs.unix_sockets),
    };
    layers.demanded(profile.isolation)
}

/// Sets limits of this process that it cannot raise again.
pub(crate) fn limit(limits: impl IntoIterator<Item = (Resource, u64)>) -> io::Result<()> {
    for (resource, value) in limits {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_and_missing_is_named() {
        let layers = Layers { no_new_privileges: true, landlock: false, seccomp: false };
        assert_eq!(layers.demanded(Isolation::BestEffort).ok(), Some(layers));
        let refused = layers.demanded(Isolation::Required).expect_err("two are missing");
        assert_eq!(refused.to_string(), "isolation is required and not there: landlock, seccomp");
        let all = Layers { no_new_privileges: true, landlock: true, seccomp: true };
        assert_eq!(all.demanded(Isolation::Required).ok(), Some(all));
    }
}
