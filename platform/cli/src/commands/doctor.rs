mod repository;
mod tools;

use bella_aws::doctor::{Subject, examine};
use bella_stack::stack::Capacity;
use bella_watch::doctor::{Finding, Here, Verdict};
use clap::Args as ClapArgs;
use serde_json::json;

use crate::commands::provision::quoted;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::{StackFile, Target};
use crate::ui::Paint;

/// Examine credentials, clock, region, quotas, roles, cost tags, tools and the repository; of a stack also subscriptions, secrets and zone.
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
    let (aws, mut found) = match &args.stack {
        Some(stack) => {
            let session = Session::open(cx, Target::parse(stack)?).await?;
            let mut subject = subject(&session.stack, session.file.as_deref());
            subject.in_the_dns = session.is_aws();
            let mut found = examine(&session.aws, &session.caller, &subject).await;
            found.extend(tools::own(&session).await);
            found.extend(tools::seen(cx, session.file.as_deref()));
            session.note_calls(cx);
            (session.aws, found)
        }
        None => {
            let (aws, caller) = Session::account(cx).await?;
            let mut found = examine(&aws, &caller, &Subject::default()).await;
            found.extend(tools::seen(cx, None));
            (aws, found)
        }
    };
    found.extend(repository::tracked());
    let endpoint = cx.endpoint().await?;
    let profile = cx.global.profile.as_deref().map(quoted);
    let here = Here {
        region: aws.region(),
        profile: profile.as_deref(),
        endpoint: endpoint.as_deref(),
    };
    let found: Vec<Finding> = found.into_iter().map(|one| one.typed(&here)).collect();
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
