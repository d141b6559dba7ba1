//! `config`, `key`, `project` and `doctor`.

use serde_json::{Value, json};

use crate::program::{Home, Ran};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn configurations_are_saved_shown_changed_and_deleted() {
    let home = Home::new();
    home.write("one.toml", "product_type = \"parse_v2\"\ntier = \"fast\"\nversion = \"latest\"\n");
    home.write("two.json", r#"{"product_type": "parse_v2", "tier": "agentic", "version": "latest"}"#);
    let made = lines(&home.run(&["config", "create", "mine", "one.toml", "--json"]).ended(0).stdout);
    let id = made[0]["id"].as_str().unwrap();
    assert_eq!(made[0]["parameters"]["tier"], "fast");
    for given in [id, "mine"] {
        assert_eq!(lines(&home.run(&["config", "get", given, "--json"]).ended(0).stdout), made, "{given}");
    }
    home.run(&["config", "update", "mine", "--name", "ours", "--parameters", "two.json"]).ended(0);
    let listed = lines(&home.run(&["config", "ls", "--json"]).ended(0).stdout);
    let names: Vec<&str> = listed.iter().map(|each| each["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["PARSE_FAST", "PARSE_COST_EFFECTIVE", "PARSE_AGENTIC", "PARSE_AGENTIC_PLUS", "ours"]);
    assert_eq!((&listed[4]["id"], &listed[4]["parameters"]["tier"]), (&json!(id), &json!("agentic")));
    home.write("in/a.txt", "words");
    home.run(&["batch", "in", "--config", "ours", "-o", "out"]).ended(0);
    home.run(&["config", "delete", "ours"]).ended(0);
    home.run(&["config", "get", "ours"]).ended(1).says("error: there is no saved configuration `ours`");
    home.run(&["batch", "in", "--config", "ours", "-o", "out"])
        .ended(2)
        .says("error: there is no configuration `ours`");
}

#[test]
fn parameters_that_are_not_valid_are_refused() {
    let home = Home::new();
    for (name, text, expected) in [
        ("a.json", r#"{"product_type": "parse_v2", "tier": "fast", "version": "latest", "x": 1}"#, "parameters.x: "),
        ("b.json", "[]", "it holds no object"),
        ("c.json", "{", "cannot read `c.json`"),
        ("d.toml", "product_type = \"nothing_v1\"", "product_type: "),
    ] {
        home.write(name, text);
        home.run(&["config", "create", "mine", name]).ended(2).says(expected);
    }
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let home = Home::new();
    let made = lines(&home.run(&["key", "create", "laptop", "--json"]).ended(0).stdout);
    let (id, secret) = (made[0]["id"].as_str().unwrap(), made[0]["key"].as_str().unwrap());
    let printed = home.run(&["key", "create"]).ended(0).stdout;
    assert!(printed.starts_with("llx-") && printed.trim_end() != secret);
    let listed = home.run(&["key", "ls", "--json"]).ended(0).stdout;
    assert!(!listed.contains(secret), "a key is shown once");
    assert_eq!(lines(&listed).len(), 2);
    home.run(&["key", "revoke", id]).ended(0);
    home.run(&["key", "revoke", id]).ended(1).says("that could be revoked");
    home.run(&["key", "revoke", "bat-1"]).ended(2).says("is not a key id");
    let revoked = lines(&home.run(&["key", "ls", "--json"]).ended(0).stdout);
    assert_eq!(revoked.iter().filter(|key| !key["revoked_at"].is_null()).count(), 1);
}

#[test]
fn projects_are_made_listed_and_have_keys_of_their_own() {
    let home = Home::new();
    let id = home.run(&["project", "create", "archive"]).ended(0).stdout.trim_end().to_owned();
    home.run(&["project", "create", "archive"]).ended(1).says("error: ");
    home.run(&["project", "create", ""]).ended(2).says("error: the name has 0 characters");
    let table = home.run(&["project", "ls"]).ended(0).stdout;
    assert!(table.lines().nth(1).unwrap().ends_with("default") && table.contains(&id), "{table}");
    for given in ["archive", &id] {
        let made = lines(&home.run(&["key", "create", "--project", given, "--json"]).ended(0).stdout);
        assert_eq!(made[0]["project_id"], id.as_str());
    }
    home.run(&["key", "create", "--project", "none"]).ended(2).says("error: there is no project `none`");
    assert_eq!(lines(&home.run(&["project", "ls", "--json"]).ended(0).stdout).len(), 2);
}

#[test]
fn projects_get_shares_of_the_workers() {
    let home = Home::new();
    let set = |more: &[&str]| {
        let args = [&["project", "set", "default", "--json"], more].concat();
        let told = lines(&home.run(&args).ended(0).stdout).remove(0);
        json!([told["weight"], told["jobs_max"], told["jobs_per_minute"]])
    };
    assert_eq!(set(&[]), json!([1.0, null, null]));
    assert_eq!(set(&["--weight", "2.5", "--jobs-max", "4"]), json!([2.5, 4, null]));
    assert_eq!(set(&["--jobs-per-minute", "60", "--jobs-max", "any"]), json!([2.5, 0, 60]));
    assert_eq!(set(&["--jobs-max", "default"]), json!([2.5, null, 60]), "what is not given stays");
    for wrong in [["--weight", "0"], ["--jobs-max", "0"], ["--jobs-per-minute", "fast"]] {
        home.run(&[&["project", "set", "default"], &wrong[..]].concat()).ended(2).says("invalid value");
    }
    home.run(&["project", "set", "none"]).ended(2).says("error: there is no project `none`");
    let batch = "bat-01890a5d-ac96-774b-bcce-b302099a8057";
    home.run(&["admin", "priority", batch, "10"]).ended(1).says(&format!("error: there is no batch {batch}"));
    home.run(&["admin", "priority", "mine", "10"]).ended(2).says("error: ");
    home.run(&["admin", "priority", batch, "101"]).ended(2).says("invalid value");
}

#[test]
fn the_doctor_says_what_is_there() {
    let home = Home::new();
    let findings = lines(&home.run(&["doctor", "--json"]).ended(0).stdout);
    let what: Vec<&str> = findings.iter().map(|finding| finding["what"].as_str().unwrap()).collect();
    let tiers = ["fast", "cost_effective", "agentic", "agentic_plus"];
    assert_eq!(what, [&["docmill", "isolation", "ocr", "office", "data", "space"][..], &tiers].concat());
    home.write("file", "");
    let ran = home.run(&["doctor", "--data", "file/below"]).ended(1);
    assert!(ran.stdout.contains("bad     data: cannot write in `file/below`"), "{}", ran.stdout);
}

/// LibreOffice that is there, that is not, and that is none or only a part.
#[test]
fn the_doctor_says_which_libreoffice_there_is() {
    let home = Home::new();
    let office = |path: &str, named: Option<&str>| {
        let mut command = home.command(&["doctor", "--json"]);
        command.env("PATH", home.path(path));
        if let Some(named) = named {
            command.env("DOCMILL_OFFICE__SOFFICE", home.path(named));
        }
        let ran = Ran::of(command.output().unwrap());
        let found = lines(&ran.stdout).into_iter().find(|finding| finding["what"] == "office").unwrap();
        (ran.code, found["state"].as_str().unwrap().to_owned(), found["text"].as_str().unwrap().to_owned())
    };
    let (code, state, text) = office("nothing", None);
    assert_eq!((code, state.as_str()), (Some(0), "missing"), "{text}");
    assert!(text.contains("no soffice in PATH") && text.contains("apt-get install libreoffice-writer-nogui"), "{text}");
    home.write("broken/soffice", "#!/bin/sh\nexit 1\n");
    let (code, state, text) = office("nothing", Some("broken/soffice"));
    assert_eq!((code, state.as_str()), (Some(1), "bad"), "{text}");
    assert!(text.ends_with("(setting office.soffice) is no LibreOffice; correct or remove the setting"), "{text}");
    for (name, text) in [
        ("soffice", "#!/bin/sh\n"),
        ("soffice.bin", ""),
        ("libswlo.so", ""),
        ("versionrc", "[Version]\nbuildid=40(Build:2)\n"),
        ("bootstraprc", "[Bootstrap]\nProductKey=LibreOffice 7.4\n"),
    ] {
        home.write(&format!("there/{name}"), text);
    }
    for (path, named) in [("there", None), ("nothing", Some("there/soffice"))] {
        executable(&home.path("there/soffice"));
        let (code, state, text) = office(path, named);
        assert_eq!((code, state.as_str()), (Some(0), "ok"), "{text}");
        assert!(text.starts_with("LibreOffice 7.4 build 40(Build:2), writer ("), "only the part that is there: {text}");
    }
}

fn executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
