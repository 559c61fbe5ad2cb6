use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use crate::bed::{Bed, FILE, Ran, run};
use crate::cloud::Cloud;
use crate::deploy::service;

/// A stack whose booking service serves, on a database of its own.
pub(super) struct Stack {
    pub(super) bed: Bed,
    pub(super) cloud: Cloud,
    url: String,
}

/// What `bella deploy` said, and when it said that the version does not serve.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) err: String,
    at: Option<Timestamp>,
}

/// Whoever calls meanwhile.
pub(super) struct Callers {
    over: Arc<AtomicBool>,
    asking: JoinHandle<Vec<String>>,
}

/// How long the cause may take to be said from its second sign on.
const SOON: i64 = 30;

impl Stack {
    pub(super) fn new() -> Self {
        let bed = Bed::with_files();
        let one = "scaling: { min: 1, max: 1 }\n  health_check: { interval: 5s, timeout: 2s, unhealthy_threshold: 2 }";
        bed.edit(FILE, "scaling: { min: 1, max: 2 }", one);
        bed.edit(FILE, "mode: serverless", "mode: none");
        bella(
            &bed,
            &format!("provision {FILE} --sandbox --yes --no-deploy"),
        )
        .succeeds();
        let program = service();
        bella(
            &bed,
            &format!("deploy {FILE} --sandbox --binary {}", program.display()),
        )
        .succeeds();
        let status = bella(&bed, "sandbox status --json").document();
        Self {
            cloud: Cloud::at(status["endpoint"].as_str().expect("the sandbox runs")),
            url: status["service_url"]
                .as_str()
                .expect("there is a load balancer")
                .to_owned(),
            bed,
        }
    }

    /// A program that is the same with something behind its end: another version.
    pub(super) fn version(&self, program: &Path, mark: &str) -> PathBuf {
        let path = self.bed.path(mark);
        let mut bytes = fs::read(program).expect("the program is there");
        bytes.extend(format!("behaviour={mark}\n").bytes());
        fs::write(&path, bytes).expect("the folder is writable");
        path
    }

    /// Rolls a program out while callers call; `on` is told each line that is said.
    pub(super) fn deploy(&self, program: &Path, on: impl Fn(&str)) -> Said {
        let callers = self.callers();
        let line = format!("deploy {FILE} --sandbox --binary {}", program.display());
        let mut command = self.bed.command(&line);
        let mut child = command
            .env("BELLA_SANDBOX_SERVERS", "real")
            .spawn()
            .expect("bella starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (mut err, mut at) = (String::new(), None);
        for line in BufReader::new(stderr).lines() {
            let line = line.expect("output is text");
            if at.is_none() && line.starts_with("error: ") {
                at = Some(Timestamp::now());
            }
            on(&line);
            err.push_str(&line);
            err.push('\n');
        }
        let code = child.wait().expect("bella ends").code();
        callers.were_answered(&err);
        Said { code, err, at }
    }

    /// What `bella why` says, as a document.
    pub(super) fn why(&self) -> Value {
        let why = bella(&self.bed, &format!("why {FILE} --sandbox --json"));
        why.document()["report"].clone()
    }

    /// Checks that a deployment failed for a cause, and that `why` says the same.
    pub(super) fn failed(&self, said: &Said, cause: &str, texts: &[&str]) {
        assert_eq!(said.code, Some(1), "{}", said.err);
        for text in texts {
            assert!(said.err.contains(text), "{text:?} is not in:\n{}", said.err);
        }
        let report = self.why();
        let finding = &report["finding"];
        assert_eq!(finding["cause"], cause, "{report:#}");
        assert_eq!(finding["proven"], true, "{report:#}");
        let fix = finding["fix"]["command"].as_str().expect("a command");
        let sentence = finding["sentence"].as_str().expect("a sentence");
        for text in [fix, sentence] {
            assert!(said.err.contains(text), "{text:?} is not in:\n{}", said.err);
        }
        let signs = finding["evidence"].as_array().into_iter().flatten();
        let mut signs: Vec<Timestamp> = signs
            .filter_map(|line| line["at"].as_str()?.parse().ok())
            .collect();
        signs.sort();
        let (Some(second), Some(at)) = (signs.get(1), said.at) else {
            panic!("{report:#}\n{}", said.err);
        };
        let took = at.duration_since(*second).as_secs();
        assert!(took <= SOON, "said after {took} s:\n{}", said.err);
    }

    /// Somebody who asks the load balancer all the time.
    pub(super) fn callers(&self) -> Callers {
        let (over, url) = (Arc::new(AtomicBool::new(false)), self.url.clone());
        let end = Arc::clone(&over);
        let asking = std::thread::spawn(move || {
            let mut lost = Vec::new();
            while !end.load(Ordering::SeqCst) {
                let answer = ask(&url);
                if !answer.contains(" 200 ") {
                    lost.push(answer);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            lost
        });
        Callers { over, asking }
    }

    /// Waits until it is so, at most a minute and a half.
    pub(super) fn until<T>(&self, what: &str, is: impl Fn() -> Result<T, String>) -> T {
        let limit = Instant::now() + Duration::from_secs(90);
        loop {
            match is() {
                Ok(found) => return found,
                Err(seen) => assert!(Instant::now() < limit, "never {what}: {seen}"),
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

impl Callers {
    /// Ends the calls; each was answered.
    pub(super) fn were_answered(self, said: &str) {
        self.over.store(true, Ordering::SeqCst);
        let lost = self.asking.join().expect("the caller does not panic");
        assert!(lost.is_empty(), "{lost:?} during:\n{said}");
    }
}

pub(super) fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

/// The first line of the answer of `/healthz`.
fn ask(url: &str) -> String {
    let at = url.trim_start_matches("http://");
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.lines().next().unwrap_or_default().to_owned())
    };
    asked().unwrap_or_else(|error| error.to_string())
}
