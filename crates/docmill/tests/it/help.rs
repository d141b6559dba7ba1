use crate::program::Home;

#[test]
fn every_command_explains_itself() {
    let home = Home::new();
    let table: [&[&str]; 19] = [
        &[],
        &["batch"],
        &["parse"],
        &["extract"],
        &["serve"],
        &["doctor"],
        &["openapi"],
        &["config"],
        &["config", "ls"],
        &["config", "get"],
        &["config", "create"],
        &["config", "update"],
        &["config", "delete"],
        &["key"],
        &["key", "create"],
        &["key", "ls"],
        &["key", "revoke"],
        &["reader"],
        &["help"],
    ];
    for command in table {
        let name = if command.is_empty() { "docmill".to_owned() } else { command.join("_") };
        let ran = home.run(&[command, &["--help"]].concat());
        if name == "reader" || name == "help" {
            assert!(!home.run(&["--help"]).stdout.contains("reader"), "the reader is no command for people");
            continue;
        }
        insta::assert_snapshot!(format!("help_{name}"), ran.ended(0).stdout);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let home = Home::new();
    home.write("a.txt", "a");
    home.write("b.txt", "b");
    home.write("schema.json", "{\"type\": \"array\"}");
    let table: [(&[&str], &str); 12] = [
        (&["nonsense"], "unrecognized subcommand"),
        (&["batch", "a.txt", "-o", "out"], "--config"),
        (&["batch", "a.txt", "--config", "cfg-NOTHING", "-o", "out"], "error: there is no configuration `cfg-NOTHING`"),
        (&["batch", "absent", "--config", "cfg-PARSE_FAST", "-o", "out"], "error: cannot read `absent`"),
        (&["parse", "a.txt", "b.txt"], "error: only one file's result fits on stdout"),
        (&["parse", "."], "error: only one file's result fits on stdout"),
        (&["parse", "a.txt", "--tier", "best"], "error: the parameters are not valid: tier:"),
        (&["parse", "a.txt", "--pages", "0"], "page"),
        (&["parse", "a.txt", "--tier", "fast", "--format", "md"], "error: tier fast makes no markdown"),
        (&["parse", "a.txt", "--format", "md,text"], "error: only one format fits on stdout"),
        (&["parse", "a.txt", "--workers", "0"], "error: workers must be at least 1"),
        (&["extract", "a.txt", "--schema", "schema.json"], "error: schema.json:"),
    ];
    for (arguments, expected) in table {
        let ran = home.run(arguments).ended(2).says(expected);
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}
