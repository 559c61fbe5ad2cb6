//! A sandbox of its own with its own copy of the shipped stack files, and `bella` as users run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bella_tests::business_hours;
use serde_json::{Value, json};

use crate::cloud::Cloud;

/// The stack of `stacks/dev.yaml`.
pub(crate) const STACK: &str = "bella-dev";
/// Its file, from the folder in which commands run.
pub(crate) const FILE: &str = "stacks/dev.yaml";

/// A temporary folder with a sandbox in it; both go when it is dropped.
pub(crate) struct Bed {
    folder: PathBuf,
}

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

impl Bed {
    /// A folder with the stack files and a sandbox that runs, in business hours.
    pub(crate) fn new() -> Self {
        let bed = Self::with_files();
        bed.bella("sandbox up").succeeds();
        bed.in_business_hours();
        bed
    }

    /// A folder with the stack files, for what needs no cloud.
    pub(crate) fn with_files() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "bella-e2e-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let folder = std::env::temp_dir().join(name);
        let stacks = folder.join("stacks");
        fs::create_dir_all(&stacks).expect("the temporary folder is writable");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stacks");
        for file in ["base.yaml", "dev.yaml", "staging.yaml", "prod.yaml"] {
            fs::copy(shipped.join(file), stacks.join(file))
                .expect("the shipped stack files are there");
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A command line that can still be changed; arguments are split at spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(bella());
        let own = std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("AWS_") || name.starts_with("BELLA_") && name != "BELLA_SANDBOX_ENV"
        });
        own.for_each(|(name, _)| {
            command.env_remove(name);
        });
        command
            .args(line.split_whitespace())
            .current_dir(&self.folder)
            .env("BELLA_SANDBOX_DIR", self.folder.join("sandbox"))
            // A test that wants servers says so itself.
            .env("BELLA_SANDBOX_SERVERS", "records")
            // The sandbox's listings are exact.
            .env("BELLA_CONSISTENCY_SECONDS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command line to its end.
    pub(crate) fn bella(&self, line: &str) -> Ran {
        run(&mut self.command(line))
    }

    /// Starts a command line.
    pub(crate) fn start(&self, line: &str) -> Child {
        self.command(line).spawn().expect("bella starts")
    }

    /// Makes it a weekday's morning in the sandbox.
    pub(crate) fn in_business_hours(&self) {
        let morning = business_hours(jiff::Timestamp::now());
        let set = json!({"set": morning});
        self.cloud().control("POST", "clock", &set);
    }

    /// The cloud of this bed.
    pub(crate) fn cloud(&self) -> Cloud {
        let status = self.bella("sandbox status --json").document();
        Cloud::at(status["endpoint"].as_str().expect("the sandbox runs"))
    }

    /// Replaces text in a stack file; it has to be there.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).expect("the stack file is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(&path, text.replacen(from, to, 1)).expect("the stack file is writable");
    }

    /// Ends a stack file before `from`, which has to be there.
    pub(crate) fn cut(&self, file: &str, from: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).expect("the stack file is there");
        let (kept, _) = text
            .split_once(from)
            .expect("the stack file has what is cut");
        fs::write(&path, kept).expect("the stack file is writable");
    }

    /// Adds lines to the end of a stack file.
    pub(crate) fn append(&self, file: &str, lines: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).expect("the stack file is there");
        fs::write(&path, text + lines).expect("the stack file is writable");
    }

    /// Makes the stack of [`FILE`].
    pub(crate) fn provisioned(self) -> Self {
        self.bella(&format!("provision {FILE} --sandbox --yes"))
            .succeeds();
        self
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        let reset = self.command("sandbox reset").output();
        let stopped = reset.is_ok_and(|output| output.status.success());
        let removed = fs::remove_dir_all(&self.folder);
        if !std::thread::panicking() {
            assert!(
                stopped,
                "the sandbox in {} was not stopped",
                self.folder.display()
            );
            removed.expect("the temporary folder goes");
        }
    }
}

impl Ran {
    fn of(output: &Output, took: Duration) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is text");
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
            took,
        }
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Checks that every text is in what was said.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is not in:\n{}", self.err);
        }
        self
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|why| panic!("{why}\n{}\n{}", self.out, self.err))
    }

    /// The JSON Lines on stdout.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        self.out.lines().map(parse).collect()
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let began = Instant::now();
    let output = command.output().expect("bella starts");
    Ran::of(&output, began.elapsed())
}

/// Waits for a started command.
pub(crate) fn end(child: Child) -> Ran {
    let began = Instant::now();
    let output = child.wait_with_output().expect("bella ends");
    Ran::of(&output, began.elapsed())
}

/// Sends a signal, by name, to a started command.
pub(crate) fn signal(child: &Child, name: &str) {
    signal_pid(child.id(), name);
}

/// Sends a signal, by name, to a process.
pub(crate) fn signal_pid(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "the process is there"
    );
}

/// Waits until `ready`, at most half a minute.
pub(crate) fn until(what: &str, ready: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !ready() {
        assert!(Instant::now() < limit, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The text with what differs from run to run replaced: times by `TIME`, and generated ids (words of eight or more
/// lower-case letters and digits, with a digit) by `ID`.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_lowercase() || character.is_ascii_digit() {
            word.push(character);
            continue;
        }
        // The second half of a load balancer's name has no digit now and then.
        let after = word.len() == 8 && out.ends_with("ID-");
        let generated = word.len() >= 8 && word.contains(|c: char| c.is_ascii_digit());
        let generated = generated || after;
        out.push_str(if generated { "ID" } else { &word });
        word.clear();
        out.push(character);
    }
    out.pop();
    out
}

fn bella() -> PathBuf {
    let own = std::env::current_exe().expect("a running test has a path");
    let profile = own
        .parent()
        .and_then(Path::parent)
        .expect("tests are in <target>/<profile>/deps");
    let path = profile.join("bella");
    assert!(
        path.is_file(),
        "{} is missing; build it with: cargo build --release -p bella",
        path.display()
    );
    path
}
