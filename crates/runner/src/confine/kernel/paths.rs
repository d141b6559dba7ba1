//! Files and the network, by landlock. An older kernel restricts less; only one without landlock counts as none.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};

/// The newest rules that are asked for; a kernel gives those that it knows.
const WANTED: ABI = ABI::V6;
/// What programs are made of: themselves, libraries, fonts, data.
const PROGRAMS: &[&str] = &["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/var/cache/fontconfig"];
/// Settings that programs need to run. The rest of /etc is nobody's business.
const SETTINGS: &[&str] = &[
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/libreoffice",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
];

pub(in crate::confine) fn no_files_no_network() -> bool {
    holds(everything_denied().and_then(RulesetCreated::restrict_self))
}

/// Where programs put sockets between their own processes, whatever TMPDIR says (LibreOffice does).
const SOCKETS: &[&str] = &["/tmp", "/var/tmp"];

/// `sockets`: it may make socket files, and nothing else, in the machine's temporary folders.
pub(in crate::confine) fn files_of_a_tool(read: &[PathBuf], home: &Path, sockets: bool) -> bool {
    let rules = everything_denied().and_then(|rules| {
        let of_system = PROGRAMS.iter().chain(SETTINGS).map(Path::new);
        rules
            .add_rules(path_beneath_rules(of_system, AccessFs::from_read(WANTED)))?
            .add_rules(path_beneath_rules(read, AccessFs::from_read(WANTED)))?
            .add_rules(path_beneath_rules([home], AccessFs::from_all(WANTED)))?
            .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
            .add_rules(path_beneath_rules(SOCKETS.iter().filter(|_| sockets), AccessFs::MakeSock))
    });
    holds(rules.and_then(RulesetCreated::restrict_self))
}

/// No file, no TCP port, no abstract socket and no signal to a process outside.
fn everything_denied() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(WANTED))?
        .handle_access(AccessNet::from_all(WANTED))?
        .scope(Scope::from_all(WANTED))?
        .create()
}

fn holds(restricted: Result<landlock::RestrictionStatus, RulesetError>) -> bool {
    restricted.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}
