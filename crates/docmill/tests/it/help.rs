use crate::program::Home;

#[test]
fn every_command_explains_itself() {
    let home = Home::new();
    let table: [&[&str]; 56] = [
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
        &["batch", "create"],
        &["batch", "ls"],
        &["batch", "show"],
        &["batch", "watch"],
        &["batch", "retry"],
        &["batch", "cancel"],
        &["batch", "export"],
        &["dir"],
        &["dir", "create"],
        &["dir", "update"],
        &["file"],
        &["file", "upload"],
        &["file", "ls"],
        &["file", "download"],
        &["job"],
        &["job", "ls"],
        &["job", "show"],
        &["completions"],
        &["man"],
        &["webhook"],
        &["webhook", "listen"],
        &["webhook", "ls"],
        &["webhook", "log"],
        &["webhook", "test"],
        &["webhook", "replay"],
        &["project"],
        &["project", "create"],
        &["project", "set"],
        &["watch"],
        &["diff"],
        &["admin"],
        &["admin", "stuck"],
        &["admin", "priority"],
        &["admin", "requeue"],
        &["admin", "drain"],
        &["admin", "backup"],
        &["admin", "restore"],
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
    let table: [(&[&str], &str); 17] = [
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
        (
            &["parse", "a.txt", "--format", "chunks", "--chunk-tokens", "15"],
            "error: chunks.target_tokens must be from 16",
        ),
        (
            &["watch", ".", "--config", "cfg-PARSE_FAST", "-o", "out", "--settle=-1"],
            "error: --settle must be from 0 to 3600",
        ),
        (&["watch", "absent", "--config", "cfg-PARSE_FAST", "-o", "out"], "error: cannot read `absent`"),
        (&["diff", ".", "absent"], "error: `.` is no output folder: it has no manifest.jsonl"),
        (&["batch", "a.txt", "--config", "cfg-PARSE_FAST", "-o", "out", "--key", "x"], "--server"),
    ];
    for (arguments, expected) in table {
        let ran = home.run(arguments).ended(2).says(expected);
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}

#[test]
fn shells_complete_and_man_pages_are_written() {
    let home = Home::new();
    for (shell, expected) in [("bash", "_docmill()"), ("zsh", "#compdef docmill"), ("fish", "complete -c docmill")] {
        let script = home.run(&["completions", shell]).ended(0).stdout;
        assert!(script.contains(expected) && script.contains("export"), "{shell}");
        assert!(!script.contains("reader"), "the reader is no command for people");
    }
    home.run(&["man", "pages"]).ended(0);
    let pages = crate::program::names(&home.path("pages"));
    for page in ["docmill.1", "docmill-batch.1", "docmill-batch-export.1", "docmill-completions.1"] {
        assert!(pages.iter().any(|name| name == page), "{page} in {pages:?}");
    }
    assert!(!pages.iter().any(|name| name.contains("reader")), "{pages:?}");
    home.write("file", "");
    home.run(&["man", "file/below"]).ended(1).says("error: cannot write man pages to `file/below`");
}
