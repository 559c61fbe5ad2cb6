//! Commands in the runbooks and the documentation are commands that there are, and their links lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use bella_watch::alarm::runbook;
use bella_watch::page::{PAGES, commands, named};
use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::Cli;
use crate::target::StackFile;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The words of a line; where the line goes on into another program, those of the first.
fn words(line: &str) -> Vec<String> {
    let ends = ["|", "<", ">", ">>", "&&", "||", ";"];
    let words = line.split_whitespace();
    words
        .take_while(|word| !ends.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Why a line is no command that somebody could type.
fn refusal(line: &str) -> Option<String> {
    let words = words(line);
    match words.first().map(String::as_str) {
        Some("bella") => Cli::try_parse_from(&words).err().map(|why| why.to_string()),
        Some("aws") => aws(&words[1..]),
        Some("curl") => curl(&words[1..]),
        _ => Some("it is neither bella, aws nor curl".to_owned()),
    }
}

/// Why code within a sentence is no command of ours; its arguments may be left out there.
fn misnomer(code: &str) -> Option<String> {
    let why = Cli::try_parse_from(words(code)).err()?;
    (why.kind() != ErrorKind::MissingRequiredArgument).then(|| why.to_string())
}

/// A service and an operation in small letters, then options with their values; `logs tail` has one word more.
fn aws(words: &[String]) -> Option<String> {
    let is_name = |word: &String| {
        word.chars()
            .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-')
            && !word.starts_with('-')
    };
    let named = words.iter().take(2).filter(|word| is_name(word)).count();
    let rest = words.get(2..).unwrap_or_default();
    let is_tail = words.get(1).is_some_and(|word| word == "tail");
    let rest = rest.get(usize::from(is_tail)..).unwrap_or_default();
    let mut is_option = true;
    for word in rest {
        match (is_option, word.starts_with("--")) {
            (true, false) => return Some(format!("{word} belongs to no option")),
            (_, is_one) => is_option = !is_one,
        }
    }
    (named < 2).then(|| "it has no service and operation".to_owned())
}

fn curl(words: &[String]) -> Option<String> {
    let url = words.last();
    let is_url = url.is_some_and(|url| url.starts_with("URL/") || url.starts_with("https://"));
    (!is_url).then(|| "it ends in no URL".to_owned())
}

/// Code within sentences that begins as a command of ours.
fn mentioned(text: &str) -> Vec<&str> {
    let spans = text.split('`').skip(1).step_by(2);
    spans.filter(|code| code.starts_with("bella ")).collect()
}

#[test]
fn commands_of_runbooks_are_commands_that_there_are() {
    for page in PAGES {
        for command in page.commands() {
            if let Some(why) = refusal(&command.line) {
                panic!("{}: {}: {why}", page.name, command.line);
            }
        }
        let prose: Vec<&str> = page.text.split("```").step_by(2).collect();
        for code in prose.iter().flat_map(|text| mentioned(text)) {
            if let Some(why) = misnomer(code) {
                panic!("{}: {code}: {why}", page.name);
            }
        }
    }
}

#[test]
fn what_is_marked_safe_is_ours_to_run() {
    for page in PAGES {
        for command in page.commands().iter().filter(|command| command.safe) {
            assert!(
                command.line.starts_with("bella "),
                "{}: {}",
                page.name,
                command.line
            );
        }
    }
}

#[test]
fn what_is_no_command_is_noticed() {
    for line in [
        "bella status",
        "bella frobnicate STACK",
        "aws --region x",
        "aws rds describe-events ID",
        "aws Rds x",
        "curl -sS",
        "rm -rf STACK",
    ] {
        assert!(refusal(line).is_some(), "{line}");
    }
    for line in [
        "bella status STACK",
        "aws logs tail /bella/NAME/service --since 15m",
        "aws sts get-caller-identity",
        "curl -sS URL/readyz",
    ] {
        assert_eq!(refusal(line), None, "{line}");
    }
    assert_eq!(mentioned("a `bella x` b `c`"), ["bella x"]);
    assert!(misnomer("bella frobnicate").is_some());
    assert_eq!(misnomer("bella deploy"), None);
}

#[test]
fn every_alarm_of_a_shipped_stack_has_its_page() {
    let mut seen = 0;
    for file in fs::read_dir(root().join("stacks")).expect("the stack files are there") {
        let path = file.expect("a listing").path();
        if path.is_dir() || path.ends_with("base.yaml") {
            continue;
        }
        let file = StackFile::load(&path).expect("a shipped stack file has no problems");
        let declared = file.loaded.stack.alarms.iter();
        let declared = declared.map(|alarm| alarm.runbook.to_string());
        let made = file.graph.in_order();
        let made = made.filter(|node| node.address.kind() == "metric_alarm");
        let made = made.map(|node| {
            let description = node.properties["description"].as_str().unwrap_or_default();
            runbook(description).expect("an alarm's description names its page")
        });
        for name in declared.chain(made) {
            seen += 1;
            let page = named(&name);
            assert!(page.is_some(), "{}: no page {name}", path.display());
        }
    }
    assert!(seen >= 10, "{seen} alarms were found");
}

/// The places that a text's links name, without web pages and places within the page.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

#[test]
fn links_to_runbooks_lead_to_a_page() {
    let mut seen = 0;
    let mut texts = vec![root().join("README.md"), root().join("ARCHITECTURE.md")];
    for folder in ["docs", "runbooks"] {
        let files = fs::read_dir(root().join(folder)).expect("the folder is there");
        texts.extend(files.map(|file| file.expect("a listing").path()));
    }
    texts.retain(|path| path.extension().is_some_and(|end| end == "md"));
    for path in texts {
        let text = fs::read_to_string(&path).expect("it is text");
        let folder = path.parent().expect("a file is in a folder");
        let is_runbook = folder.ends_with("runbooks");
        let about = |target: &&str| is_runbook || target.contains("runbooks/");
        for target in links(&text).into_iter().filter(about) {
            seen += 1;
            assert!(
                folder.join(target).exists(),
                "{}: {target} is not there",
                path.display()
            );
        }
    }
    assert!(seen >= PAGES.len(), "{seen} links were found");
    assert_eq!(links("[a](b.md#c) [d](https://e) [f](#g)"), ["b.md"]);
    assert!(!commands("```sh\nbella runbook list\n```\n").is_empty());
}
