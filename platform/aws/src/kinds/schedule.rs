//! A schedule of EventBridge Scheduler.

mod shape;

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput as Wire;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Value, json};

use super::at_once::{self, Read};
use super::when::timestamp;
use super::{schedule_group, tag_lookup};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A schedule. Its id here is `<group>/<name>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Name of the group it is in.
    pub group: String,
    /// Its name in the group, up to 64 letters, digits, `.`, `_` and `-`.
    pub schedule_name: String,
    /// When: `cron(…)`, `rate(…)` or `at(…)`.
    #[serde(deserialize_with = "expression")]
    pub expression: String,
    /// Time zone of the expression, as IANA names it; daylight saving time is followed.
    #[serde(default = "utc")]
    pub timezone: String,
    /// Whether it runs.
    #[serde(default)]
    pub state: State,
    /// It calls nothing before this moment, `2030-01-01T01:00:00Z`; null leaves it alone, as where a
    /// pause sets it (a new schedule begins at once).
    #[serde(default, deserialize_with = "start_date")]
    pub start_date: Option<String>,
    /// What it is for, up to 512 characters.
    #[serde(default)]
    pub description: String,
    /// Minutes after the time within which it may run, 1 to 1440; null is on time.
    #[serde(default)]
    pub flexible_window_minutes: Option<i32>,
    /// What it calls.
    pub target: Target,
}

/// Whether a schedule runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// It runs.
    #[default]
    Enabled,
    /// It does not.
    Disabled,
}

/// What a schedule calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// ARN of a queue, topic, function, or of an API operation of any service:
    /// `arn:aws:scheduler:::aws-sdk:<service>:<operation>`.
    pub arn: String,
    /// ARN of the role that the call is made with; it has to trust `scheduler.amazonaws.com`.
    pub role: String,
    /// What the call is given, as JSON; null is nothing.
    #[serde(default)]
    pub input: Option<Value>,
    /// ARN of a queue for calls that failed for good; null is none.
    #[serde(default)]
    pub dead_letter: Option<String>,
    /// How often a failed call is repeated, 0 to 185.
    #[serde(default = "most_attempts")]
    pub retry_attempts: i32,
    /// Seconds within which it is repeated, 60 to 86400.
    #[serde(default = "a_day")]
    pub retry_seconds: i32,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn most_attempts() -> i32 {
    185
}

fn a_day() -> i32 {
    24 * 60 * 60
}

fn expression<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_one = ["cron(", "rate(", "at("]
        .iter()
        .any(|start| text.starts_with(start) && text.ends_with(')'));
    // A reference is known later.
    match is_one || text.contains("${") {
        true => Ok(text),
        false => Err(D::Error::custom(format!(
            "`{text}` is no schedule expression: cron(…), rate(…) or at(…)"
        ))),
    }
}

/// One spelling of a moment, so that two of the same are equal: in UTC, in whole seconds.
fn start_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    // A reference is known later.
    if text.contains("${") {
        return Ok(Some(text));
    }
    let moment: Timestamp = text
        .parse()
        .map_err(|why| D::Error::custom(format!("`{text}` is no moment: {why}")))?;
    Ok(Some(shape::spelled(moment)))
}

impl Resource for Schedule {
    type Cloud = Aws;
    const KIND: &'static str = "schedule";
    const SERVICE: &'static str = "scheduler";
    const OUTPUTS: &'static [&'static str] = &["arn", "group"];
    const IMMUTABLE: &'static [&'static str] = &["group", "schedule_name"];
    const EXCLUSIVE: &'static [&'static str] = Self::IMMUTABLE;
    const OWNED_BY: Owner = Owner::Parent("schedule_group");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "iam:PassRole",
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:GetScheduleGroup",
        "scheduler:ListScheduleGroups",
        "scheduler:ListSchedules",
        "scheduler:ListTagsForResource",
        "scheduler:UpdateSchedule",
        tag_lookup::ACTION,
    ];

    /// Fourteen million invocations a month are free, one schedule a minute makes 44 thousand.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        if let Some(id) = look.id() {
            let one = read(&look.aws, id).await?;
            return Ok(one.into_iter().collect());
        }
        let mut ids = Vec::new();
        for group in schedule_group::our_names(look).await? {
            let call = look.aws.scheduler.list_schedules().group_name(&group);
            let mut pages = call.max_results(100).into_paginator().send();
            while let Some(page) = pages.next().await {
                let names = page.map_err(refused)?.schedules.into_iter();
                ids.extend(names.filter_map(|one| Some(format!("{group}/{}", one.name?))));
            }
        }
        let reads = ids.into_iter().map(|id| {
            let aws = look.aws.clone();
            let read: Read<_> = Box::pin(async move { read(&aws, &id).await });
            read
        });
        let all = at_once::all(reads.collect()).await?;
        Ok(all.into_iter().flatten().collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.scheduler.create_schedule().client_token(&who.token);
        let call = call.group_name(&self.group).name(&self.schedule_name);
        let call = call
            .schedule_expression(&self.expression)
            .schedule_expression_timezone(&self.timezone)
            .state(shape::state(self.state))
            .set_start_date(shape::start(self.start_date.as_deref())?)
            .set_description(Some(self.description.clone()).filter(|text| !text.is_empty()))
            .flexible_time_window(shape::window(self)?)
            .target(shape::target(&self.target)?);
        let arn = call.send().await.map_err(refused)?.schedule_arn;
        let id = format!("{}/{}", self.group, self.schedule_name);
        let outputs = [("arn", arn), ("group", self.group.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    /// The call takes the whole schedule: what it leaves out falls back to AWS's defaults. So a pause
    /// is given again, unless it is over: AWS refuses a start that lies more than five minutes back.
    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let (group, name) = parts(who.id()?)?;
        let now = shape::spelled(Timestamp::now());
        let paused = from.start_date.as_ref().filter(|start| **start > now);
        let start = self.start_date.as_ref().or(paused);
        let call = aws.scheduler.update_schedule().client_token(&who.token);
        let call = call
            .group_name(group)
            .name(name)
            .schedule_expression(&self.expression)
            .schedule_expression_timezone(&self.timezone)
            .state(shape::state(self.state))
            .set_start_date(shape::start(start.map(String::as_str))?)
            .set_description(Some(self.description.clone()).filter(|text| !text.is_empty()))
            .flexible_time_window(shape::window(self)?)
            .target(shape::target(&self.target)?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let (group, name) = parts(who.id()?)?;
        let call = aws.scheduler.delete_schedule().group_name(group).name(name);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Schedules take no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("group", "{}.group_name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![shape::terraform(self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: parents(),
            properties: json!({
                "group": "${schedule_group.parent.name}",
                "schedule_name": "evening-off",
                "expression": "cron(0 20 ? * MON-FRI *)",
                "start_date": "2090-01-01T00:00:00Z",
                "flexible_window_minutes": 5,
                "target": {
                    "arn": "arn:aws:scheduler:::aws-sdk:ecs:updateService",
                    "role": "${iam_role.parent.arn}",
                    "input": {"Cluster": "bella", "Service": "bella", "DesiredCount": 0},
                    "dead_letter": "${sqs_queue.parent.arn}",
                },
            }),
            changes: vec![
                ("expression", json!("rate(1 hours)")),
                ("timezone", json!("America/Toronto")),
                ("state", json!("DISABLED")),
                ("start_date", json!("2100-01-01T00:00:00Z")),
                ("description", json!("Sends everybody home")),
                ("flexible_window_minutes", json!(10)),
                (
                    "target.arn",
                    json!("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"),
                ),
                ("target.role", json!("${iam_role.other.arn}")),
                ("target.input", json!({"DesiredCount": 1})),
                ("target.dead_letter", json!("${sqs_queue.other.arn}")),
                ("target.retry_attempts", json!(3)),
                ("target.retry_seconds", json!(600)),
            ],
        }
    }
}

fn parents() -> Vec<(&'static str, Value)> {
    let role = json!({"assume_role_policy": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "scheduler.amazonaws.com"}}]}});
    vec![
        ("schedule_group.parent", json!({})),
        ("iam_role.parent", role.clone()),
        ("iam_role.other", role),
        ("sqs_queue.parent", json!({})),
        ("sqs_queue.other", json!({})),
    ]
}

/// Group and name in our id.
fn parts(id: &str) -> Result<(&str, &str), CloudError> {
    id.split_once('/').ok_or_else(|| {
        let message = format!("`{id}` is not <group>/<schedule>; this is a bug in bella");
        CloudError::new(Fault::Rejected, "scheduler", "identify", message)
    })
}

async fn read(aws: &Aws, id: &str) -> Result<Option<Observed<Schedule>>, CloudError> {
    let (group, name) = parts(id)?;
    let call = aws.scheduler.get_schedule().group_name(group).name(name);
    match call.send().await.map_err(refused) {
        Ok(seen) => Ok(observe(id, &seen)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn observe(id: &str, seen: &Wire) -> Option<Observed<Schedule>> {
    let group = seen.group_name()?;
    let outputs = [("arn", seen.arn()?), ("group", group)];
    Some(Observed {
        id: id.to_owned(),
        address: None,
        props: Some(shape::read(seen)?),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: timestamp(seen.creation_date()),
        protected: None,
    })
}
