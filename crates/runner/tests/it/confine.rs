//! What readers and tools cannot do, tried by a reader child of a real worker. Without landlock and seccomp in the kernel
//! these tests fail: a machine that runs them must have both.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use docmill_runner::ReaderCommand;
use docmill_runner::confine::{Isolation, check};

use crate::world::{World, settings};

const REFUSED: &str = "PermissionDenied";

#[tokio::test]
async fn a_reader_computes_and_can_do_nothing_else() {
    let world = World::new().await;
    let (readable, socket) = (world.folder.path().join("readable"), world.folder.path().join("socket"));
    std::fs::write(&readable, "secret").expect("write");
    let _unix = UnixListener::bind(&socket).expect("a socket");
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (readable, socket) = (readable.display(), socket.display());
    let tries = [
        (format!("open {readable}"), REFUSED),
        ("open /etc/passwd".to_owned(), REFUSED),
        (format!("make {}", world.folder.path().join("made").display()), REFUSED),
        (format!("connect {}", tcp.local_addr().expect("its address")), REFUSED),
        (format!("connect {socket}"), REFUSED),
        ("run /bin/true".to_owned(), REFUSED),
        (format!("signal {}", std::process::id()), REFUSED),
        ("thread".to_owned(), "done"),
    ];
    let document: Vec<&str> = tries.iter().map(|(order, _)| order.as_str()).collect();
    let document = document.join("\n");
    let expected: Vec<String> =
        tries.iter().enumerate().map(|(page, (_, answer))| format!("{} {answer}", page + 1)).collect();
    let free = vec!["done".to_owned(); tries.len()];

    // The same orders without the restrictions: each of them can be done, so that a refusal means something.
    let job = world.job(&document).await;
    let runner = world.start(settings("obeys"));
    let told: Vec<String> =
        world.told(job).await.iter().map(|page| page.split_once(' ').map_or("", |(_, text)| text).to_owned()).collect();
    assert_eq!(told, free);
    world.drain(&runner).await;

    let job = world.job(&document).await;
    let mut settings = settings("confined");
    settings.isolation = Isolation::Required;
    let runner = world.start(settings);
    assert_eq!(world.told(job).await, expected);
    world.drain(&runner).await;
}

#[tokio::test]
async fn pages_that_use_a_processor_without_end_or_nest_without_end_cost_only_themselves() {
    let world = World::new().await;
    let job = world.job("text a\nspin\ndie\neat\ntext e").await;
    let mut settings = settings("confined");
    settings.limits.page_ms = 700;
    settings.limits.reader_memory_bytes_max = 96 * 1024 * 1024;
    let runner = world.start(settings);
    let expected = [
        "1 a",
        "2 FAILED READER_TIMEOUT: Reading page 2 took longer than the limit.",
        "3 FAILED READER_DIED: Reading page 3 made the reader stop.",
        "4 FAILED READER_MEMORY: Reading page 4 needed more than 96 MiB of memory.",
        "5 e",
    ];
    assert_eq!(world.told(job).await, expected);
    world.drain(&runner).await;
}

#[test]
fn the_check_says_what_a_reader_can_do() {
    let found = check::ask(&test_reader("check")).expect("an answer");
    assert!(found.is_complete(), "{}", found.sentence());
    assert!(check::ask(&ReaderCommand { program: "/bin/false".into(), args: vec![] }).is_err());
}

fn test_reader(mode: &str) -> ReaderCommand {
    ReaderCommand { program: env!("CARGO_BIN_EXE_test-reader").into(), args: vec![mode.into()] }
}

/// Says that it is a tesseract; run as one, it tries what a tool must not and gives the answers as its words.
const CURIOUS: &str = r#"#!/bin/sh
case "$1" in
  --version) echo "tesseract 0.0" ;;
  --list-langs) printf 'List of languages\neng\n' ;;
  *)
    cat > /dev/null
    word() { printf '5\t1\t1\t1\t1\t%s\t0\t0\t9\t9\t90\t%s\n' "$1" "$2"; }
    if cat SECRET > /dev/null 2>&1; then word 1 read; else word 1 no-secret; fi
    if cat /etc/shadow > /dev/null 2>&1; then word 2 shadow; else word 2 no-shadow; fi
    if (echo x > SECRET.2) 2> /dev/null; then word 3 wrote; else word 3 no-write; fi
    if (: > "$HOME/mine") 2> /dev/null; then word 4 home; else word 4 no-home; fi
    if setsid true 2> /dev/null; then word 5 left; else word 5 no-setsid; fi
    word 6 "$(ls -A "$HOME" | wc -l)"
    word 7 "$(env | grep -c DOCMILL_TEST)"
    ;;
esac
"#;

#[tokio::test]
async fn a_tool_sees_its_own_home_and_the_programs_of_the_system() {
    let world = World::new().await;
    let secrets = tempfile::tempdir().expect("a folder");
    let secret = secrets.path().join("secret");
    std::fs::write(&secret, "secret").expect("write");
    let program = world.folder.path().join("tesseract");
    std::fs::write(&program, CURIOUS.replace("SECRET", &secret.display().to_string())).expect("write");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("make it a program");
    for (confine, expected) in [
        (Some(test_reader("confine")), "1 tesseract read no-secret no-shadow no-write home no-setsid 1 0"),
        (None, "1 tesseract read read shadow wrote home left 1 0"),
    ] {
        // As anybody else than root the second case cannot read the shadow file either.
        let expected = if rustix::process::geteuid().is_root() {
            expected.to_owned()
        } else {
            expected.replace(" shadow", " no-shadow")
        };
        let job = world.job("ocr TOTAL").await;
        let mut settings = settings("obeys");
        settings.tesseract = Some(program.clone());
        settings.confine = confine;
        settings.isolation = Isolation::Required;
        let runner = world.start(settings);
        assert_eq!(world.told(job).await, [expected]);
        world.drain(&runner).await;
        let _ = std::fs::remove_file(secret.with_extension("2"));
    }
}
