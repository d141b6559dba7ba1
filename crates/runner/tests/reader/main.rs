//! Reader children for the tests. With `honest`, the real one. Otherwise one that does what the lines of its document
//! say, a page a line, so that a test decides on which page a reader dies, stalls, grows or lies. With `confined` it does
//! the same under the restrictions of the real one; with `check` it says what they are. With `confine PROFILE PROGRAM ...`
//! it becomes a tool of the worker.
//!
//! `text ...` a page with this text; `fail` a page that cannot be read; `die`; `stall`; `eat` takes memory without
//! end; `meet PATH` connects to the test's socket, says its process id and waits for a byte; `ocr WORD LANGUAGE ...`
//! asks for OCR of a picture of the word and gives the answer as its text; `soon WORD` sends such a picture before it is
//! asked for, under the number of its page, and `take N ...` takes the answers; `asset NAME`; `lie N` gives page N instead; `print`
//! writes no frame; `spin` uses a processor without end; `open PATH`, `make PATH`, `connect ADDRESS`, `run PATH`,
//! `signal PID` and `thread` try just that and say what came of it. A document that
//! begins with `!die` kills its reader before it is open, one with `!refuse` is refused.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode};

use docmill_model::document::{DocumentInfo, FORMAT, Page, PageOutcome};
use docmill_model::{Code, Failure};
use docmill_parse::OcrAnswer;
use docmill_runner::reader::frames::{self, FrameError};
use docmill_runner::reader::protocol::{FromReader, Open, ToReader};
use rustix::process::{Pid, test_kill_process};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("honest") => return docmill_runner::reader::child::run(),
        Some("confine") => return docmill_runner::confine::launch::run(std::env::args_os().skip(2)),
        Some("check") => return docmill_runner::confine::check::run(),
        Some("confined") => docmill_runner::reader::child::restrict().expect("the restrictions of a reader"),
        _ => {}
    }
    let mut pipes = Pipes { from: BufReader::new(io::stdin()), out: io::stdout() };
    loop {
        match pipes.document() {
            Ok(true) => {}
            Ok(false) => return ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    }
}

struct Pipes {
    from: BufReader<io::Stdin>,
    out: io::Stdout,
}

impl Pipes {
    fn say(&mut self, what: &FromReader, payload: &[u8]) -> Result<(), FrameError> {
        frames::write(&mut self.out, what, payload)
    }

    /// False when there is no further document.
    fn document(&mut self) -> Result<bool, FrameError> {
        let Some(frame) = frames::read::<ToReader>(&mut self.from)? else { return Ok(false) };
        let ToReader::Open(open) = frame.header else { return Err(io::Error::other("no `open`").into()) };
        let mut text = Vec::new();
        while (text.len() as u64) < open.bytes {
            text.extend(frames::read::<ToReader>(&mut self.from)?.map(|frame| frame.payload).unwrap_or_default());
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        match text.lines().next() {
            Some("!die") => std::process::abort(),
            Some("!refuse") => self.say(&FromReader::Refused { failure: Code::PdfIsProtected.into() }, &[])?,
            _ => self.pages(&open, &text)?,
        }
        Ok(true)
    }

    fn pages(&mut self, open: &Open, text: &str) -> Result<(), FrameError> {
        let lines: Vec<&str> = text.lines().collect();
        let count = u32::try_from(lines.len()).unwrap_or(0);
        let info = DocumentInfo { format: FORMAT, kind: "test".into(), page_count: count, ..Default::default() };
        let pages: Vec<u32> = (1..=count).filter(|page| !open.skip.contains(page)).collect();
        self.say(&FromReader::Opened { info: info.clone(), pages: pages.clone() }, &[])?;
        for number in pages {
            self.say(&FromReader::PageStarted { number }, &[])?;
            let (order, rest) = lines[number as usize - 1].split_once(' ').unwrap_or((lines[number as usize - 1], ""));
            self.obey(number, order, rest)?;
        }
        self.say(&FromReader::Done { info }, &[])
    }

    fn obey(&mut self, number: u32, order: &str, rest: &str) -> Result<(), FrameError> {
        match order {
            "die" => std::process::abort(),
            "stall" => loop {
                std::thread::park();
            },
            "eat" => eat(),
            "spin" => loop {
                std::hint::spin_loop();
            },
            "open" | "make" | "connect" | "run" | "signal" | "thread" => {
                return self.page(number, &tried(order, rest), false);
            }
            "fail" => {
                let failure = Failure::new(Code::FileDamaged, "The page is damaged.");
                return self.say(&FromReader::PageFailed { number, failure }, &[]);
            }
            "lie" => return self.page(rest.parse().unwrap_or(0), "", false),
            "print" => self.out.write_all(b"Hello, this is no frame at all.\n")?,
            "meet" => meet(rest)?,
            "asset" => self.say(&asset(rest), b"picture")?,
            "other_asset" => self.say(&asset(rest), b"another")?,
            "asset_die" => {
                self.say(&asset(rest), b"lost")?;
                std::process::abort();
            }
            "soon" => {
                let (width, height, grey) = picture(rest);
                let soon = FromReader::OcrSoon { id: number, width, height, dpi: 300, languages: Vec::new() };
                self.say(&soon, &grey)?;
            }
            "take" => {
                let mut answers = Vec::new();
                for id in rest.split(' ').filter_map(|id| id.parse().ok()) {
                    self.say(&FromReader::TakeOcr { id }, &[])?;
                    answers.push(answered(frames::read::<ToReader>(&mut self.from)?.map(|frame| frame.header)));
                }
                return self.page(number, &answers.join(", "), true);
            }
            "ocr" => {
                let mut given = rest.split(' ').map(str::to_owned);
                let (width, height, grey) = picture(&given.next().unwrap_or_default());
                self.say(&FromReader::NeedOcr { width, height, dpi: 300, languages: given.collect() }, &grey)?;
                let answer = frames::read::<ToReader>(&mut self.from)?.map(|frame| frame.header);
                return self.page(number, &answered(answer), true);
            }
            _ => {}
        }
        self.page(number, rest, false)
    }

    fn page(&mut self, number: u32, text: &str, ocr: bool) -> Result<(), FrameError> {
        let page = Page { number, text: text.to_owned(), engine: "test".into(), ..Page::default() };
        let json = serde_json::to_vec(&PageOutcome::Read(Box::new(page)))?;
        self.say(&FromReader::Page { number, ocr }, &json)
    }
}

/// What the system says when the reader tries it.
fn tried(order: &str, what: &str) -> String {
    let done = match order {
        "open" => File::open(what).map(drop),
        "make" => File::create(what).map(drop),
        "connect" if what.starts_with('/') => UnixStream::connect(what).map(drop),
        "connect" => TcpStream::connect(what).map(drop),
        "run" => Command::new(what).status().map(drop),
        "signal" => Pid::from_raw(what.parse().unwrap_or(0)).map_or(Ok(()), |pid| Ok(test_kill_process(pid)?)),
        _ => std::thread::Builder::new().spawn(|| ()).map(|thread| thread.join().unwrap_or_default()),
    };
    done.map_or_else(|error| format!("{:?}", error.kind()), |()| "done".to_owned())
}

fn asset(name: &str) -> FromReader {
    FromReader::Asset { name: name.to_owned(), content_type: "image/png".into() }
}

/// Takes memory, and uses it, until somebody stops it; gives up at 2 GiB so that a broken test does no harm.
fn eat() {
    let mut taken = Vec::new();
    while taken.len() < 2_048 {
        taken.push(vec![1_u8; 1024 * 1024]);
    }
}

/// What came back for `NeedOcr`, as one line.
fn answered(answer: Option<ToReader>) -> String {
    match answer {
        Some(ToReader::OcrReply { answer: OcrAnswer::Read(read) }) => {
            let words: Vec<&str> = read.words.iter().map(|word| word.text.as_str()).collect();
            let engine = read.engine.split(' ').next().unwrap_or_default();
            let said = [vec![engine, "read"], words].concat().join(" ");
            [vec![said], read.missing_languages].concat().join("; ")
        }
        Some(ToReader::OcrReply { answer: OcrAnswer::Missing { message } | OcrAnswer::Failed { message } }) => message,
        other => format!("{other:?}"),
    }
}

/// Letters of 5 by 7 dots.
const LETTERS: [(char, [u8; 7]); 4] = [
    ('A', [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('L', [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111]),
    ('O', [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]),
    ('T', [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100]),
];
/// Pixels of a dot, and dots of white around the word.
const DOT: usize = 8;
const EDGE: usize = 2;

/// Width, height and pixels of a picture of the word.
fn picture(word: &str) -> (u32, u32, Vec<u8>) {
    let (columns, rows) = (word.len() * 6 - 1 + 2 * EDGE, 7 + 2 * EDGE);
    let black = |x: usize, y: usize| {
        let (x, y) = ((x / DOT).checked_sub(EDGE)?, (y / DOT).checked_sub(EDGE)?);
        let (_, dots) = LETTERS.iter().find(|(letter, _)| word.chars().nth(x / 6) == Some(*letter))?;
        (x % 6 < 5 && dots.get(y)? >> (4 - x % 6) & 1 == 1).then_some(())
    };
    let pixels = (0..rows * DOT).flat_map(|y| (0..columns * DOT).map(move |x| (x, y)));
    let grey = pixels.map(|(x, y)| if black(x, y).is_some() { 0 } else { 255 }).collect();
    ((columns * DOT) as u32, (rows * DOT) as u32, grey)
}

fn meet(path: &str) -> io::Result<()> {
    let mut socket = UnixStream::connect(path)?;
    socket.write_all(&std::process::id().to_le_bytes())?;
    socket.read_exact(&mut [0])
}
