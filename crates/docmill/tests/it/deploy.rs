//! The files below `deploy/`, as far as they can be looked at without systemd and a container engine running them.

use std::process::Command;

use crate::program::{Home, Ran};

const UNIT: &str = include_str!("../../../../deploy/docmill.service");
const IMAGE: &str = include_str!("../../../../deploy/Dockerfile");

#[test]
fn systemd_understands_the_unit() {
    let home = Home::new();
    // The program is where it is only after an installation.
    home.write("docmill.service", UNIT.replace("/usr/local/bin/docmill", "/bin/true"));
    let verified = Command::new("systemd-analyze").arg("verify").arg(home.path("docmill.service")).output();
    match verified {
        Ok(output) => {
            let ran = Ran::of(output).ended(0);
            assert_eq!(ran.stderr, "", "systemd has nothing to say against it");
        }
        Err(error) => eprintln!("SKIPPED: the unit was not verified, systemd-analyze does not run: {error}"),
    }
}

#[test]
fn every_setting_of_unit_and_image_is_one() {
    let settings = |text: &str| {
        let words = text.split_whitespace().map(|word| word.trim_start_matches("Environment="));
        let pairs = words.filter(|word| word.starts_with("DOCMILL_")).filter_map(|word| word.split_once('='));
        pairs.filter(|(_, value)| !value.contains("...")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>()
    };
    for (file, least) in [(UNIT, 2), (IMAGE, 4)] {
        let mut found = settings(file);
        assert!(found.len() >= least, "{found:?}");
        found.retain(|(name, _)| name != "DOCMILL_DATA");
        let home = Home::new();
        let mut doctor = home.command(&["doctor", "--data", "data"]);
        Ran::of(doctor.envs(found).output().unwrap()).ended(0);
    }
}
