//! The files below `deploy/`, as far as they can be looked at without systemd and a container engine running them.

use std::process::Command;

use crate::program::{Home, Ran};

const UNIT: &str = include_str!("../../../../deploy/docmill.service");
const WORKER: &str = include_str!("../../../../deploy/docmill-worker.service");
const IMAGE: &str = include_str!("../../../../deploy/Dockerfile");

/// Says that the tests must not leave anything out for want of a tool, as `make test` does.
const ALL_TOOLS: &str = "TESTS_NEED_ALL_TOOLS";

#[test]
fn systemd_understands_the_units() {
    for (name, unit) in [("docmill.service", UNIT), ("docmill-worker.service", WORKER)] {
        let home = Home::new();
        // The program is where it is only after an installation.
        home.write(name, unit.replace("/usr/local/bin/docmill", "/bin/true"));
        match Command::new("systemd-analyze").arg("verify").arg(home.path(name)).output() {
            Ok(output) => {
                let ran = Ran::of(output).ended(0);
                assert_eq!(ran.stderr, "", "systemd has nothing to say against it");
            }
            Err(error) => {
                assert!(std::env::var_os(ALL_TOOLS).is_none(), "systemd-analyze is not installed (package systemd)");
                eprintln!("SKIPPED: {name} was not verified, systemd-analyze does not run: {error}");
            }
        }
    }
}

/// What the units start is understood, but for the places, which are not on this machine.
#[test]
fn every_flag_of_the_units_is_one() {
    for unit in [UNIT, WORKER] {
        let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/docmill ")).unwrap();
        let arguments = line.split(' ').chain(["--help"]).collect::<Vec<_>>();
        let help = Home::new().run(&arguments).ended(0).stdout;
        for flag in arguments.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(*flag), "{flag} of {line}");
        }
    }
}

#[test]
fn every_setting_of_unit_and_image_is_one() {
    let settings = |text: &str| {
        let words = text.split_whitespace().map(|word| word.trim_start_matches("Environment="));
        let pairs = words.filter(|word| word.starts_with("DOCMILL_")).filter_map(|word| word.split_once('='));
        pairs.filter(|(_, value)| !value.contains("...")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>()
    };
    for (file, least) in [(UNIT, 2), (WORKER, 2), (IMAGE, 4)] {
        let mut found = settings(file);
        assert!(found.len() >= least, "{found:?}");
        found.retain(|(name, _)| name != "DOCMILL_DATA");
        let home = Home::new();
        let mut doctor = home.command(&["doctor", "--data", "data"]);
        Ran::of(doctor.envs(found).output().unwrap()).ended(0);
    }
}
