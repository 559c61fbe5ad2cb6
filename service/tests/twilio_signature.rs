//! Signatures are those of Twilio's own Python library, both ways.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bella_service::twilio::signature::{Payload, sign, verify};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PEER: &str = "twilio==9.13.0";

struct Case {
    token: String,
    url: String,
    content: Content,
}

enum Content {
    Params(Vec<(String, String)>),
    Body(String),
}

impl Case {
    fn generate(random: &mut StdRng) -> Self {
        let token: String = (0..32)
            .map(|_| char::from(*b"0123456789abcdef".choose(random).expect("is not empty")))
            .collect();
        let mut url = format!(
            "{}://book.bella.example{}/twilio/{}",
            pick(random, &["https", "http"]),
            pick(random, &["", "", ":443", ":80", ":8443"]),
            pick(random, &["voice", "voice/collect", "sms/status"]),
        );
        if random.random_bool(0.2) {
            let body = format!("{{\"said\":\"{}\"}}", text(random));
            let mut hash = String::new();
            for byte in Sha256::digest(&body) {
                write!(hash, "{byte:02x}").expect("writes to a string");
            }
            let query = pick(random, &["", "turn=2&"]);
            url = format!("{url}?{query}bodySHA256={hash}");
            let content = Content::Body(body);
            return Self {
                token,
                url,
                content,
            };
        }
        url += pick(random, &["", "?turn=3", "?a=1&b=%20x%2B&a=2", "?to=+1416"]);
        let params = (0..random.random_range(0..12))
            .map(|_| (name(random), text(random)))
            .collect();
        let content = Content::Params(params);
        Self {
            token,
            url,
            content,
        }
    }

    fn signature(&self) -> String {
        match &self.content {
            Content::Params(params) => sign(&self.token, &self.url, params),
            Content::Body(_) => sign::<&str, &str>(&self.token, &self.url, &[]),
        }
    }

    fn accepts(&self, signature: &str) -> bool {
        match &self.content {
            Content::Params(params) => {
                let params: Vec<_> = params
                    .iter()
                    .map(|(n, v)| (n.as_str(), v.as_str()))
                    .collect();
                verify(&self.token, &self.url, Payload::Form(&params), signature)
            }
            Content::Body(body) => {
                let payload = Payload::Body(body.as_bytes());
                verify(&self.token, &self.url, payload, signature)
            }
        }
    }

    fn question(&self, signature: &str) -> Value {
        let mut question = json!({"token": self.token, "url": self.url, "signature": signature});
        match &self.content {
            Content::Params(params) => question["params"] = json!(params),
            Content::Body(body) => question["body"] = json!(body),
        }
        question
    }
}

fn pick<'a>(random: &mut StdRng, from: &[&'a str]) -> &'a str {
    from.choose(random).expect("is not empty")
}

fn name(random: &mut StdRng) -> String {
    let known = [
        "From", "To", "CallSid", "Body", "from", "A", "AB", "ß", "Ünï",
    ];
    pick(random, &known).to_owned()
}

/// Values that a wrong encoding, order or trim would change.
fn text(random: &mut StdRng) -> String {
    let parts = [
        "",
        " ",
        "+",
        "%20",
        "+14165551234",
        "John Smith",
        "é",
        "名前",
        "🎉",
        "&",
        "=",
        "a",
        "B",
        "\t",
        "\u{fffd}",
    ];
    (0..random.random_range(0..4))
        .map(|_| pick(random, &parts))
        .collect()
}

/// A virtual environment with Twilio's library, kept with the other results of the build.
fn python() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("twilio-peer");
    let python = home.join("bin/python");
    let ready = home.join(PEER);
    if !ready.exists() {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home));
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PEER,
        ];
        run(Command::new(&python).args(pip));
        std::fs::write(ready, "").expect("marks the environment as complete");
    }
    python
}

fn run(command: &mut Command) {
    let output = command.output();
    let output = output.unwrap_or_else(|err| panic!("{command:?}: {err}; install python3-venv"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

fn answers(questions: &[Value]) -> Vec<Value> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/twilio_signatures.py");
    let mut peer = Command::new(python())
        .arg(program)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts the peer");
    let input: String = questions
        .iter()
        .map(|question| format!("{question}\n"))
        .collect();
    let mut stdin = peer.stdin.take().expect("is piped");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = peer.wait_with_output().expect("the peer ends");
    writer
        .join()
        .expect("does not panic")
        .expect("the peer reads");
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .expect("is text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect()
}

#[test]
fn twilios_own_library_agrees_both_ways() {
    let mut random = StdRng::seed_from_u64(20_260_310);
    let cases: Vec<_> = (0..600).map(|_| Case::generate(&mut random)).collect();
    let mut questions: Vec<_> = cases
        .iter()
        .map(|case| case.question(&case.signature()))
        .collect();
    let other = |case: &Case| sign::<&str, &str>(&case.token, "https://elsewhere.example/", &[]);
    questions.extend(cases.iter().map(|case| case.question(&other(case))));
    let answers = answers(&questions);
    assert_eq!(answers.len(), questions.len());
    let (right, wrong) = answers.split_at(cases.len());
    for ((case, right), wrong) in cases.iter().zip(right).zip(wrong) {
        let url = &case.url;
        let theirs = right["signature"].as_str().expect("is text");
        assert_eq!(case.signature(), theirs, "{url}");
        assert!(case.accepts(theirs), "{url}");
        assert_eq!(right["accepts"], true, "{url}");
        assert_eq!(wrong["accepts"], false, "{url}");
        assert!(!case.accepts(&other(case)), "{url}");
    }
}
