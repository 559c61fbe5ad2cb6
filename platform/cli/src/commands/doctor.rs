use std::path::Path;
use std::process::Command;

use bella_aws::doctor::{Subject, examine};
use bella_stack::stack::Capacity;
use bella_watch::doctor::{Finding, Verdict, leaks, repository};
use clap::Args as ClapArgs;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::{StackFile, Target};
use crate::ui::Paint;

/// Examine credentials, clock, region, quotas, roles, cost tags and the repository; of a stack also subscriptions, secrets and zone.
///
/// Each failed check says the one command that mends it; the exit code is then 1. What could not be found out says why, and is no
/// failure.
///
/// Example: bella doctor stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name; without one only the account and the repository are examined.
    stack: Option<String>,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let mut found = match &args.stack {
        Some(stack) => {
            let session = Session::open(cx, Target::parse(stack)?).await?;
            let subject = subject(&session.stack, session.file.as_deref());
            let found = examine(&session.aws, &session.caller, &subject).await;
            session.note_calls(cx);
            found
        }
        None => {
            let (aws, caller) = Session::account(cx).await?;
            examine(&aws, &caller, &Subject::default()).await
        }
    };
    found.extend(tracked());
    let wrong = found.iter().filter(|one| one.verdict == Verdict::Wrong);
    let wrong = wrong.count();
    if cx.ui.json {
        cx.ui
            .document(&json!({"stack": args.stack, "wrong": wrong, "checks": found}));
    } else {
        for one in &found {
            say(cx, one);
        }
        cx.ui
            .note(&format!("\n{} checks, {wrong} wrong.", found.len()));
    }
    Ok(if wrong == 0 { Exit::Done } else { Exit::Failed })
}

/// What the stack needs of the account. While a version takes another's place there are twice as many tasks.
fn subject(stack: &str, file: Option<&StackFile>) -> Subject {
    let mut subject = Subject {
        stack: Some(stack.to_owned()),
        ..Subject::default()
    };
    let Some(file) = file else {
        return subject;
    };
    let count = |kind: &str| {
        let nodes = file.graph.in_order();
        nodes.filter(|node| node.address.kind() == kind).count()
    };
    subject.vpcs = count("vpc");
    subject.addresses = count("elastic_ip");
    subject.gateways = count("internet_gateway");
    let stack = &file.loaded.stack;
    subject.zone = stack.domain.as_ref().map(|domain| domain.zone.to_string());
    let service = &stack.service;
    let vcpus = f64::from(service.cpu) / 1024.0 * f64::from(service.scaling.max) * 2.0;
    match service.capacity {
        Capacity::FargateSpot => subject.spot_vcpus = vcpus,
        Capacity::Fargate => subject.vcpus = vcpus,
    }
    subject
}

fn say(cx: &Context, one: &Finding) {
    let (paint, word) = match one.verdict {
        Verdict::Well => (Paint::Green, "ok"),
        Verdict::Wrong => (Paint::Red, "wrong"),
        Verdict::Unknown => (Paint::Yellow, "unknown"),
    };
    let word = cx.ui.paint(paint, &format!("{word:<7}"));
    cx.ui
        .data(&format!("{word} {:<13} {}", one.check, one.said));
    if let Some(fix) = &one.fix {
        cx.ui.data(&format!("        fix: {fix}"));
    }
}

/// A larger file is no text that somebody wrote.
const LARGEST: u64 = 1_000_000;

/// The files that git tracks from here on down.
fn tracked() -> Vec<Finding> {
    let listed = Command::new("git").args(["ls-files", "-z"]).output();
    let listed = match listed {
        Ok(output) if output.status.success() => output.stdout,
        Ok(_) => {
            return vec![Finding::unknown(
                "repository",
                "this folder is in no repository",
            )];
        }
        Err(why) => return vec![Finding::unknown("repository", format!("git: {why}"))],
    };
    let listed = String::from_utf8_lossy(&listed);
    let mut found = Vec::new();
    let mut files = 0;
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let is_small = Path::new(path)
            .metadata()
            .is_ok_and(|file| file.len() <= LARGEST);
        let Some(text) = is_small
            .then(|| std::fs::read_to_string(path).ok())
            .flatten()
        else {
            continue;
        };
        files += 1;
        found.extend(leaks(&text).into_iter().map(|leak| (path.to_owned(), leak)));
    }
    repository(files, &found)
}
