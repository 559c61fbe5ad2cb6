//! Why a revision does not serve: a pure function of the [`Evidence`].
//!
//! A cause is proven by its second piece of evidence: two tasks, two events, or one of each. An event
//! about a task is the same piece as the task. Where several causes are proven, the first of [`Cause`]'s
//! order is told, which is the order in which they stand in each other's way: what cannot be pulled does
//! not start, what does not start has no health. The exception is a database that is away, of which only
//! the program itself can know: it stands before the ends and failed checks that follow from it.
//! A proven cause is told before any that is not.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::clue::{self, Place};
use super::evidence::{Event, Evidence, Target, Task};
use super::fix;

/// What keeps a revision from serving, in the order in which the causes stand in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The image is for another processor.
    WrongArchitecture,
    /// A secret, or a key in it, is not there.
    SecretMissing,
    /// The image is not in the registry.
    ImageMissing,
    /// A task used more memory than it may.
    OutOfMemory,
    /// The service refuses its environment.
    BadEnvironment,
    /// The service does not reach its database, or is not let in.
    DatabaseUnreachable,
    /// The program ends by itself.
    CrashOnStart,
    /// The program runs, and no load balancer sends it anything.
    NoLoadBalancer,
    /// The program runs, and does not answer the load balancer's check.
    HealthCheck,
    /// Something fails, and nothing that is known.
    Unknown,
}

/// Why a revision does not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// The cause in one sentence, with the object's name.
    pub sentence: String,
    /// What it rests on, newest first.
    pub evidence: Vec<Line>,
    /// Whether a second piece of evidence has come.
    pub proven: bool,
    /// What to do.
    pub fix: Fix,
}

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Line {
    /// When, UTC.
    pub at: Timestamp,
    /// What was seen: a task, an event, a target, and what it said.
    pub text: String,
}

/// What to do about a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What has to be changed first, where a command alone does not do it.
    pub first: Option<String>,
    /// What to type.
    pub command: String,
}

/// One thing seen that speaks for a cause.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) cause: Cause,
    /// What was seen; two pieces of one source count once.
    source: String,
    at: Timestamp,
    text: String,
    /// The words that speak.
    pub(super) said: &'a str,
    pub(super) task: Option<&'a Task>,
}

/// Pieces of evidence that prove a cause.
const PROOF: usize = 2;
/// Lines of evidence that are shown.
const SHOWN: usize = 8;
/// The last lines of a log that are shown beside what a task said when it stopped.
const LAST_WORDS: usize = 3;

/// Why the revision does not serve; `None` where nothing speaks for a failure. `stack` is what follows
/// the commands of the fix: the stack or its file, and options such as `--sandbox`.
#[must_use]
pub fn diagnose(evidence: &Evidence, stack: &str) -> Option<Finding> {
    let pieces = pieces(evidence);
    let causes: BTreeSet<Cause> = pieces.iter().map(|piece| piece.cause).collect();
    let of = |cause: Cause| pieces.iter().filter(move |piece| piece.cause == cause);
    let is_proven = |cause: Cause| {
        let sources: BTreeSet<&str> = of(cause).map(|piece| piece.source.as_str()).collect();
        sources.len() >= PROOF
    };
    let known = |cause: &&Cause| **cause != Cause::Unknown;
    let proven = causes.iter().filter(known).find(|cause| is_proven(**cause));
    let cause = *proven.or_else(|| causes.first())?;
    let about: Vec<&Piece<'_>> = of(cause).collect();
    let (sentence, fix) = fix::of(cause, &about, evidence, stack);
    Some(Finding {
        cause,
        sentence,
        evidence: lines(&about),
        proven: is_proven(cause),
        fix,
    })
}

fn lines(pieces: &[&Piece<'_>]) -> Vec<Line> {
    let mut lines: Vec<Line> = pieces
        .iter()
        .map(|piece| Line {
            at: piece.at,
            text: piece.text.clone(),
        })
        .chain(
            pieces
                .iter()
                .filter_map(|piece| piece.task)
                .flat_map(last_words),
        )
        .collect();
    lines.sort_by(|a, b| b.cmp(a));
    lines.dedup();
    lines.truncate(SHOWN);
    lines
}

fn last_words(task: &Task) -> impl Iterator<Item = Line> + '_ {
    let last = task.log.len().saturating_sub(LAST_WORDS);
    task.log[last..].iter().map(|line| Line {
        at: line.at,
        text: format!("task {} logged: {}", task.id, line.text),
    })
}

fn pieces(evidence: &Evidence) -> Vec<Piece<'_>> {
    let tasks = evidence.tasks.iter().flat_map(of_task);
    let events = evidence
        .events
        .iter()
        .filter_map(|event| of_event(event, &evidence.tasks));
    let targets = evidence
        .targets
        .iter()
        .filter_map(|target| of_target(target, evidence));
    tasks.chain(events).chain(targets).collect()
}

/// What a task speaks for: of one that stopped, one cause, in [`Cause`]'s order; of one that runs, each
/// line it logs about one.
fn of_task(task: &Task) -> Vec<Piece<'_>> {
    let logged = task.log.iter().filter_map(|line| {
        let cause = clue::of(Place::Log, &line.text)?;
        Some((cause, line))
    });
    let Some(stopped) = &task.stopped else {
        let seen = logged.map(|(cause, line)| Piece {
            cause,
            source: format!("{} {}", task.id, line.at),
            at: line.at,
            text: format!("task {} logged: {}", task.id, line.text),
            said: &line.text,
            task: None,
        });
        return seen.collect();
    };
    let reasons = std::iter::once(stopped.reason.as_str())
        .chain(task.containers.iter().filter_map(|it| it.reason.as_deref()));
    let told = reasons.filter_map(|text| Some((clue::of(Place::Reason, text)?, text)));
    let logged = logged.map(|(cause, line)| (cause, line.text.as_str()));
    let found = told
        .chain(logged)
        .chain(by_exit(task))
        .min_by_key(|(cause, _)| *cause);
    let (cause, said) = match found {
        Some(found) => found,
        None if clue::was_wanted(&stopped.code) => return Vec::new(),
        None => (Cause::Unknown, stopped.reason.as_str()),
    };
    vec![Piece {
        cause,
        source: task.id.clone(),
        at: stopped.at,
        text: ending(task, &stopped.reason),
        said,
        task: Some(task),
    }]
}

/// What the exit code of a program that ended by itself speaks for.
fn by_exit(task: &Task) -> Option<(Cause, &str)> {
    let stopped = task.stopped.as_ref()?;
    if !clue::ended_itself(&stopped.code, &stopped.reason) {
        return None;
    }
    let code = task
        .containers
        .iter()
        .find_map(|container| container.exit_code);
    let refused = task
        .log
        .iter()
        .find(|line| clue::variables(&line.text).is_some());
    Some(match (code, refused) {
        (Some(clue::KILLED), _) => (Cause::OutOfMemory, &stopped.reason),
        (Some(clue::BAD_ENVIRONMENT), Some(line)) => (Cause::BadEnvironment, &line.text),
        _ => (Cause::CrashOnStart, &stopped.reason),
    })
}

fn ending(task: &Task, reason: &str) -> String {
    let containers = task.containers.iter().map(|container| {
        let code = container.exit_code.map(|code| format!("exit code {code}"));
        [code, container.reason.clone()]
    });
    let mut said: Vec<String> = containers.flatten().flatten().collect();
    said.dedup();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(" ({})", said.join(", "))
    };
    format!("task {} stopped: {reason}{said}", task.id)
}

fn of_event<'a>(event: &'a Event, tasks: &[Task]) -> Option<Piece<'a>> {
    let cause = clue::of(Place::Event, &event.text)?;
    let about = tasks.iter().find(|task| event.text.contains(&task.id));
    Some(Piece {
        cause,
        source: about.map_or_else(|| event.id.clone(), |task| task.id.clone()),
        at: event.at,
        text: format!("event: {}", event.text),
        said: &event.text,
        task: None,
    })
}

/// A target that is unhealthy speaks when it gives a wrong answer, or when its task has had the time
/// that it is given to start; one that nobody asks, after that time.
fn of_target<'a>(target: &'a Target, evidence: &Evidence) -> Option<Piece<'a>> {
    let unused = clue::is_unused(target.reason.as_deref());
    if !unused && !clue::is_unhealthy(&target.state) {
        return None;
    }
    let task = evidence.task_at(&target.address)?;
    let (reason, description) = (target.reason.as_deref(), target.description.as_deref());
    let running = task.started.map(|at| target.seen.duration_since(at));
    let late =
        running.is_some_and(|it| it.as_secs() > i64::from(evidence.definition.grace_seconds));
    if !late && !clue::is_wrong_answer(reason, description) {
        return None;
    }
    let (cause, state) = match unused {
        true => (Cause::NoLoadBalancer, "unused"),
        false => (Cause::HealthCheck, "unhealthy"),
    };
    let said = description.or(reason).unwrap_or(state);
    Some(Piece {
        cause,
        source: task.id.clone(),
        at: target.seen,
        text: format!(
            "target {}:{} is {state}: {said}",
            target.address, target.port
        ),
        said,
        task: None,
    })
}
