use crate::program::{Home, Ran};

/// `docmill doctor --json` with these variables and arguments.
fn doctor(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = home.command(&[&["doctor"], arguments].concat());
    command.envs(variables.iter().copied());
    Ran::of(command.output().unwrap())
}

/// The line of the doctor about where data is.
fn data_line(ran: &Ran) -> String {
    ran.stdout.lines().find(|line| line.contains("data:")).unwrap().to_owned()
}

#[test]
fn later_layers_win() {
    let home = Home::new();
    let shows = |variables: &[(&str, &str)], arguments: &[&str], expected: &str| {
        let line = data_line(&doctor(&home, variables, arguments));
        assert!(line.ends_with(expected), "{line} does not end in {expected}");
    };
    shows(&[], &[], ".local/share/docmill");
    home.write(".config/docmill/config.toml", "data = \"of-file\"");
    shows(&[], &[], "of-file");
    home.write("other.toml", "data = \"of-other-file\"");
    shows(&[], &["--config-file", "other.toml"], "of-other-file");
    shows(&[("DOCMILL_CONFIG_FILE", "other.toml")], &[], "of-other-file");
    shows(&[("DOCMILL_DATA", "of-environment")], &["--config-file", "other.toml"], "of-environment");
    shows(&[("DOCMILL_DATA", "of-environment")], &["--data", "of-flag"], "of-flag");
}

#[test]
fn what_is_no_setting_is_refused_with_its_place() {
    let home = Home::new();
    home.write("unknown.toml", "[limits]\nupload_byte_max = 1\n");
    home.write("wrong.toml", "[run]\npage_ms = \"long\"\n");
    home.write("broken.toml", "[run\n");
    type Variables<'a> = &'a [(&'a str, &'a str)];
    let table: [(Variables, &[&str], &str); 8] = [
        (&[], &["--config-file", "unknown.toml"], "error: there is no setting `limits.upload_byte_max` in "),
        (&[], &["--config-file", "wrong.toml"], "error: the setting `run.page_ms` in "),
        (&[], &["--config-file", "broken.toml"], "error: the configuration in "),
        (&[], &["--config-file", "absent.toml"], "error: there is no configuration file `absent.toml`"),
        (&[("DOCMILL_LIMITS__NOTHING", "1")], &[], "error: there is no setting `limits.nothing` in the environment"),
        (&[("DOCMILL_NOTHING", "1")], &[], "error: there is no setting `nothing` in the environment"),
        (&[("DOCMILL_SERVER__LISTEN", "here")], &[], "error: the "),
        (&[("DOCMILL_RUN__PAGE_FAILURE_RATIO", "2.0")], &[], "error: run.page_failure_ratio must be from 0 to 1"),
    ];
    for (variables, arguments, expected) in table {
        let ran = doctor(&home, variables, arguments).ended(2).says(expected);
        assert!(ran.stderr.contains("hint: ") || expected.contains("absent"), "{}", ran.stderr);
    }
}

#[test]
fn variables_that_are_no_settings_are_left_alone() {
    let home = Home::new();
    doctor(&home, &[("DOCMILL_BOOTSTRAP_KEY", "x"), ("DOCMILL_LIMITS__UPLOAD_BYTES_MAX", "5")], &[]).ended(0);
}
