//! Stopping the stack in its off-hours and starting it again, by EventBridge Scheduler itself: it works while this program does not run.
//!
//! The schedule goes by the state that is wanted and not by the moment: in the off-hours every hour says anew that nothing is to run, so
//! that what was missed, failed, or woken by AWS (a stopped database after seven days, aws-behaviours row 59) is put right within the
//! hour. What a schedule changes, the number of tasks and the status of the database, is no property that a plan compares; see
//! `scaling::desired_count`.

mod week;

use self::week::Week;
use super::{Node, roles, scaling};
use crate::{Stack, stack::AutoShutdown};
use serde_json::{Value, json};

/// Minutes that a database is started before the tasks: RDS takes that long to open a stopped one.
pub(crate) const LEAD: u32 = 20;

/// Minutes that a database is given to stop before it is started: RDS refuses to start one that is on its way down.
const STOPPING: u32 = 30;

/// The longest that SQS keeps a message, in seconds.
const FORTNIGHT: u32 = 1_209_600;

/// The group whose failures are watched.
const WATCHED: &str = "main";

/// The group of repetitions that fail as a rule: RDS refuses to stop what is stopped, and Scheduler counts that as an error.
const REPEATED: &str = "repeated";

/// The queue of what could not be carried out.
pub(super) const DEAD_LETTERS: &str = "schedule_dead_letters";

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    let Some(times) = &stack.auto_shutdown else {
        return Vec::new();
    };
    let mut nodes = vec![
        group(WATCHED),
        Node::new(
            "sqs_queue",
            DEAD_LETTERS,
            json!({ "message_retention_period": FORTNIGHT }),
        ),
        role(stack),
    ];
    if stack.database.is_some() {
        nodes.insert(1, group(REPEATED));
    }
    nodes.extend(stops(stack, times));
    nodes.extend(starts(stack, times, scaling::least(stack, image)));
    nodes
}

fn group(name: &str) -> Node {
    Node::new("schedule_group", name, json!({}))
}

/// What the schedules may do: exactly the calls they make, on this stack's objects.
fn role(stack: &Stack) -> Node {
    let mut statements = vec![
        json!({
            "Effect": "Allow",
            "Action": ["ecs:DescribeServices", "ecs:UpdateService"],
            "Resource": ["${ecs_service.service.arn}"],
        }),
        json!({
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": [format!("${{sqs_queue.{DEAD_LETTERS}.arn}}")],
        }),
    ];
    let mut groups = vec![format!("${{schedule_group.{WATCHED}.arn}}")];
    if stack.database.is_some() {
        groups.push(format!("${{schedule_group.{REPEATED}.arn}}"));
        statements.push(json!({
            "Effect": "Allow",
            "Action": ["rds:StartDBInstance", "rds:StopDBInstance"],
            "Resource": ["${db_instance.main.arn}"],
        }));
    }
    if scaling::is_on(stack) {
        // A scalable target has no ARN that is known before it exists; the conditions name the one dimension.
        statements.push(json!({
            "Effect": "Allow",
            "Action": ["application-autoscaling:RegisterScalableTarget"],
            "Resource": ["*"],
            "Condition": { "StringEquals": {
                "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
                "application-autoscaling:service-namespace": "ecs",
            } },
        }));
    }
    // Another account's schedule cannot borrow the role: AWS names the group it acts for.
    let trust = json!([{
        "Effect": "Allow",
        "Principal": { "Service": "scheduler.amazonaws.com" },
        "Action": "sts:AssumeRole",
        "Condition": { "ArnEquals": { "aws:SourceArn": groups } },
    }]);
    Node::new(
        "iam_role",
        "scheduler",
        json!({
            "description": "stops and starts the stack by its schedule",
            "assume_role_policy": roles::policy(trust),
            "policies": { "schedule": roles::policy(Value::Array(statements)) },
        }),
    )
}

/// One schedule: what to call, when, with what.
struct Call<'a> {
    name: String,
    group: &'static str,
    cron: String,
    target: &'a str,
    input: Value,
    /// Seconds for which AWS repeats a call that failed.
    patience: u32,
}

impl Call<'_> {
    fn node(self, times: &AutoShutdown) -> Node {
        let repeated = self.group == REPEATED;
        let mut target = json!({
            "arn": format!("arn:aws:scheduler:::aws-sdk:{}", self.target),
            "role": "${iam_role.scheduler.arn}",
            "input": self.input,
            "retry_attempts": if repeated { 0 } else { 10 },
            "retry_seconds": self.patience,
        });
        if !repeated {
            target["dead_letter"] = format!("${{sqs_queue.{DEAD_LETTERS}.arn}}").into();
        }
        let properties = json!({
            "group": format!("${{schedule_group.{}.name}}", self.group),
            "schedule_name": self.name.replace('_', "-"),
            "expression": self.cron,
            "timezone": times.timezone,
            "target": target,
        });
        Node::new("schedule", &self.name, properties)
    }
}

/// A stop that is late is repeated within the hour anyway, and must not come true after the next start.
const STOP_PATIENCE: u32 = 1_800;
const START_PATIENCE: u32 = 3_600;

fn tasks(count: u32) -> Value {
    json!({
        "Cluster": "${ecs_cluster.main.arn}",
        "Service": "${ecs_service.service.name}",
        "DesiredCount": count,
    })
}

/// With scaling on, the least number goes too, else scaling would bring the tasks back (aws-behaviours row 46). Raising it is enough to
/// start them: Application Auto Scaling takes a service into its bounds when they are set.
fn bounds(least: u32) -> Value {
    json!({
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": "${scaling_target.service.resource}",
        "MinCapacity": least,
    })
}

fn database() -> Value {
    json!({ "DbInstanceIdentifier": "${db_instance.main.identifier}" })
}

fn stops(stack: &Stack, times: &AutoShutdown) -> Vec<Node> {
    let week = Week::new(times, 0);
    let call = |name: String, group, cron, target, input| {
        let call = Call {
            name,
            group,
            cron,
            target,
            input,
            patience: STOP_PATIENCE,
        };
        call.node(times)
    };
    let mut nodes = Vec::new();
    for (index, cron) in week.off_hours().into_iter().enumerate() {
        let number = index + 1;
        if scaling::is_on(stack) {
            let name = format!("stop_scaling_{number}");
            let target = "applicationautoscaling:registerScalableTarget";
            nodes.push(call(name, WATCHED, cron.clone(), target, bounds(0)));
        }
        let name = format!("stop_service_{number}");
        nodes.push(call(name, WATCHED, cron, "ecs:updateService", tasks(0)));
    }
    if stack.database.is_some() {
        let stop = "rds:stopDBInstance";
        let name = "stop_database".to_owned();
        nodes.push(call(name, WATCHED, week.shutdown(), stop, database()));
        let week = Week::new(times, LEAD + STOPPING);
        for (index, cron) in week.off_hours_after_shutdown().into_iter().enumerate() {
            let name = format!("stop_database_again_{}", index + 1);
            nodes.push(call(name, REPEATED, cron, stop, database()));
        }
    }
    nodes
}

fn starts(stack: &Stack, times: &AutoShutdown, least: u32) -> Vec<Node> {
    let week = Week::new(times, LEAD);
    let call = |name: &str, cron, target, input| {
        let name = name.to_owned();
        let call = Call {
            name,
            group: WATCHED,
            cron,
            target,
            input,
            patience: START_PATIENCE,
        };
        call.node(times)
    };
    let mut nodes = Vec::new();
    if stack.database.is_some() {
        let start = "rds:startDBInstance";
        nodes.push(call(
            "start_database",
            week.before_startup(),
            start,
            database(),
        ));
    }
    nodes.push(match scaling::is_on(stack) {
        true => {
            let target = "applicationautoscaling:registerScalableTarget";
            call("start_scaling", week.startup(), target, bounds(least))
        }
        false => call(
            "start_service",
            week.startup(),
            "ecs:updateService",
            tasks(least),
        ),
    });
    nodes
}
