//! Starting the program in a home of its own, and waiting for what it does.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for anything: only a broken program reaches it.
const DEADLINE: Duration = Duration::from_secs(120);

/// A home folder, empty at first.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// `in/000.txt` and so on.
    pub fn write_texts(&self, count: usize) {
        for number in 0..count {
            self.write(&format!("in/{number:03}.txt"), format!("This is file number {number}.\n"));
        }
    }

    /// The same, but long enough that reading them takes longer than writing down what is done: there is time to
    /// stop the program half way.
    pub fn write_long_texts(&self, count: usize) {
        let filler = "One more line that has to be read.\n".repeat(800);
        for number in 0..count {
            self.write(&format!("in/{number:03}.txt"), format!("This is file number {number}.\n\n{filler}"));
        }
    }

    /// The program with these arguments, in this home, with nothing of the caller's own settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
        for (name, _) in std::env::vars_os() {
            let ours = ["DOCMILL_", "LLAMA_CLOUD_", "XDG_"];
            if name.to_str().is_some_and(|name| ours.iter().any(|begin| name.starts_with(begin))) {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.0.path()).current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// The manifest of `out`, one object a line; nothing while there is none.
    pub fn manifest(&self, out: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(out).join("manifest.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// How the program ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Asserts the exit code, showing what was said when it differs.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is missing in:\n{}", self.stderr);
        self
    }
}

/// Asks again and again until there is an answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < DEADLINE, "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// The same for questions that are asked asynchronously.
pub async fn until_async<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < DEADLINE, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// A running program whose stderr is read line by line; killed when dropped.
pub struct Running {
    pub child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Running {
    pub fn start(command: Command) -> Self {
        Self::start_into(command, Stdio::null())
    }

    /// Its data goes to `stdout`.
    pub fn start_into(mut command: Command, stdout: impl Into<Stdio>) -> Self {
        let mut child = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stderr, kept) = (child.stderr.take().unwrap(), lines.clone());
        std::thread::spawn(move || keep(stderr, &kept));
        Self { child, lines }
    }

    /// What comes after `begin` in the first line that has it.
    pub fn line(&mut self, begin: &str) -> String {
        let lines = self.lines.clone();
        let child = &mut self.child;
        until(begin, || {
            let lines = lines.lock().unwrap();
            let found = lines.iter().find_map(|line| line.strip_prefix(begin).map(ToOwned::to_owned));
            let ended = found.is_none() && child.try_wait().unwrap().is_some();
            assert!(!ended, "it ended: {}", lines.join("\n"));
            found
        })
    }

    /// Waits for its end.
    pub fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub fn said(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(stderr: ChildStderr, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        lines.lock().unwrap().push(line);
    }
}

/// Names in a folder, sorted, hidden ones left out.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// A client as clients of docmill have it. It could speak https, and wants to know how before it is made.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
