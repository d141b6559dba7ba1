//! Linux: `no_new_privs`, landlock and seccomp. Each function says whether its restriction holds now.

mod calls;
mod paths;

use std::io;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use rustix::thread::set_no_new_privs;

pub(super) use calls::{calls_of_a_reader, calls_of_a_tool};
pub(super) use paths::{files_of_a_tool, no_files_no_network};

pub(super) fn no_new_privileges() -> bool {
    set_no_new_privs(true).is_ok()
}

/// Has this process, and the program it becomes, killed when the thread that started it ends: a thread of the worker's
/// runtime, which lives as long as the worker. Fails when the parent is gone already.
pub(super) fn die_with(parent: u32) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let is_parent = |pid: Pid| u32::try_from(pid.as_raw_nonzero().get()).is_ok_and(|pid| pid == parent);
    if getppid().is_some_and(is_parent) { Ok(()) } else { Err(io::Error::other("the worker is gone")) }
}
