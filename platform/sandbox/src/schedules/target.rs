use jiff::Timestamp;
use serde_json::{Value, json};

use super::agenda::Attempt;
use super::input::first;
use super::place::Place;
use super::service::{self, Service};

/// One call that a target stands for.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) service: &'static Service,
    /// As the API names it: `StopDBInstance`.
    pub(super) operation: String,
    /// Members begin with a capital, as in the inputs of universal targets.
    pub(super) input: Value,
    /// What it acts on, where the input tells.
    pub(super) resource: Option<String>,
}

/// Why an invocation came to nothing: an error code and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

impl Invocation {
    /// As policies name it: `rds:StopDBInstance`.
    pub(super) fn action(&self) -> String {
        format!("{}:{}", self.service.actions, self.operation)
    }

    pub(super) fn of(attempt: &Attempt) -> Result<Self, Failure> {
        let arn = attempt.target["Arn"].as_str().unwrap_or_default();
        match arn.strip_prefix("arn:aws:scheduler:::aws-sdk:") {
            Some(action) => universal(action, attempt),
            None => templated(arn, attempt),
        }
    }
}

fn universal(action: &str, attempt: &Attempt) -> Result<Invocation, Failure> {
    let (name, operation) = action.split_once(':').unwrap_or((action, ""));
    let service = service::find(name).ok_or_else(|| unspoken(name))?;
    let text = said(attempt).unwrap_or_else(|| "{}".to_owned());
    let input: Value = serde_json::from_str(&text)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Failure::new("ValidationException", "The input is not a JSON object."))?;
    Ok(Invocation {
        service,
        operation: first(operation, char::to_ascii_uppercase),
        resource: resource(name, &input, &attempt.place),
        input,
    })
}

fn templated(arn: &str, attempt: &Attempt) -> Result<Invocation, Failure> {
    let name = arn.split(':').nth(2).unwrap_or_default();
    let own = &attempt.target;
    let (operation, input, resource) = match name {
        "sqs" => {
            let group = &own["SqsParameters"]["MessageGroupId"];
            let mut input = json!({"QueueUrl": arn, "MessageBody": message(attempt)});
            if !group.is_null() {
                input["MessageGroupId"] = group.clone();
            }
            ("SendMessage", input, arn.to_owned())
        }
        "sns" => {
            let input = json!({"TopicArn": arn, "Message": message(attempt)});
            ("Publish", input, arn.to_owned())
        }
        "ecs" => {
            let (input, task) = run_task(arn, attempt)?;
            ("RunTask", input, task)
        }
        _ => return Err(unspoken(name)),
    };
    Ok(Invocation {
        service: service::find(name).ok_or_else(|| unspoken(name))?,
        operation: operation.to_owned(),
        input,
        resource: Some(resource),
    })
}

fn unspoken(name: &str) -> Failure {
    let message = format!("the sandbox does not call targets of {name}");
    Failure::new("UnsupportedTarget", message)
}

fn run_task(cluster: &str, attempt: &Attempt) -> Result<(Value, String), Failure> {
    let mut input = attempt.target["EcsParameters"].clone();
    let members = input
        .as_object_mut()
        .ok_or_else(|| Failure::new("ValidationException", "EcsParameters are missing."))?;
    for (name, other) in [
        ("TaskDefinitionArn", "TaskDefinition"),
        ("TaskCount", "Count"),
    ] {
        if let Some(value) = members.remove(name) {
            members.insert(other.to_owned(), value);
        }
    }
    let task = members.get("TaskDefinition").and_then(Value::as_str);
    let task = task.unwrap_or_default().to_owned();
    members.insert("Cluster".to_owned(), json!(cluster));
    let overrides = said(attempt).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    if let Some(overrides) = overrides.filter(Value::is_object) {
        members.insert("Overrides".to_owned(), overrides);
    }
    Ok((input, task))
}

/// The target's input with what AWS puts in place of its context attributes.
fn said(attempt: &Attempt) -> Option<String> {
    let text = attempt.target["Input"].as_str()?;
    let scheduled = seconds(attempt.scheduled);
    let number = (attempt.retries + 1).to_string();
    let attributes = [
        (
            "<aws.scheduler.schedule-arn>",
            attempt.schedule_arn.as_str(),
        ),
        ("<aws.scheduler.scheduled-time>", &scheduled),
        ("<aws.scheduler.execution-id>", &attempt.execution),
        ("<aws.scheduler.attempt-number>", &number),
    ];
    let filled = attributes
        .iter()
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        });
    Some(filled)
}

/// What a target without input is sent.
fn message(attempt: &Attempt) -> String {
    said(attempt).unwrap_or_else(|| {
        json!({
            "version": "0",
            "id": attempt.execution,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": attempt.place.account,
            "time": seconds(attempt.scheduled),
            "region": attempt.place.region,
            "resources": [attempt.schedule_arn],
            "detail": "{}",
        })
        .to_string()
    })
}

/// As AWS writes moments here.
pub(super) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The ARN of what a universal target acts on, for the inputs that name it.
fn resource(service: &str, input: &Value, Place { account, region }: &Place) -> Option<String> {
    let text = |name: &str| input[name].as_str();
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    match service {
        "rds" => text("DbInstanceIdentifier").map(|id| {
            format!(
                "arn:aws:rds:{region}:{account}:db:{}",
                id.rsplit(':').next().unwrap_or(id)
            )
        }),
        "ecs" => {
            let service = text("Service")?;
            if service.starts_with("arn:") {
                return Some(service.to_owned());
            }
            let cluster = last(text("Cluster").unwrap_or("default"));
            Some(format!(
                "arn:aws:ecs:{region}:{account}:service/{cluster}/{service}"
            ))
        }
        "sns" => text("TopicArn").map(str::to_owned),
        "sqs" => {
            text("QueueUrl").map(|url| format!("arn:aws:sqs:{region}:{account}:{}", last(url)))
        }
        "scheduler" => {
            let group = text("GroupName").unwrap_or("default");
            text("Name")
                .map(|name| format!("arn:aws:scheduler:{region}:{account}:schedule/{group}/{name}"))
        }
        "secretsmanager" => text("SecretId")
            .filter(|id| id.starts_with("arn:"))
            .map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::{Attempt, Invocation, Place};

    fn attempt(target: Value) -> Attempt {
        let scheduled: Timestamp = "2026-11-22T20:00:00Z".parse().expect("a time");
        Attempt {
            place: Place {
                account: "123456789012".to_owned(),
                region: "ca-central-1".to_owned(),
            },
            group: "main".to_owned(),
            schedule_arn: "arn:aws:scheduler:ca-central-1:123456789012:schedule/main/stop"
                .to_owned(),
            target,
            execution: "e1".to_owned(),
            scheduled,
            due: scheduled,
            retries: 0,
        }
    }

    #[test]
    fn targets_are_calls() {
        let cases = [
            (
                json!({"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "Input": "{\"DbInstanceIdentifier\":\"main\"}"}),
                "rds:StopDBInstance arn:aws:rds:ca-central-1:123456789012:db:main",
                json!({"DbInstanceIdentifier": "main"}),
            ),
            (
                json!({"Arn": "arn:aws:scheduler:::aws-sdk:ecs:updateService", "Input": "{\"Cluster\":\"arn:aws:ecs:ca-central-1:123456789012:cluster/main\",\"Service\":\"web\"}"}),
                "ecs:UpdateService arn:aws:ecs:ca-central-1:123456789012:service/main/web",
                json!({"Cluster": "arn:aws:ecs:ca-central-1:123456789012:cluster/main", "Service": "web"}),
            ),
            (
                json!({"Arn": "arn:aws:sqs:ca-central-1:123456789012:q", "Input": "at <aws.scheduler.scheduled-time>"}),
                "sqs:SendMessage arn:aws:sqs:ca-central-1:123456789012:q",
                json!({"QueueUrl": "arn:aws:sqs:ca-central-1:123456789012:q", "MessageBody": "at 2026-11-22T20:00:00Z"}),
            ),
            (
                json!({"Arn": "arn:aws:ecs:ca-central-1:123456789012:cluster/main", "EcsParameters": {"TaskDefinitionArn": "t:1", "TaskCount": 2}}),
                "ecs:RunTask t:1",
                json!({"Cluster": "arn:aws:ecs:ca-central-1:123456789012:cluster/main", "TaskDefinition": "t:1", "Count": 2}),
            ),
        ];
        for (target, call, input) in cases {
            let invocation = Invocation::of(&attempt(target)).expect("a call");
            let resource = invocation.resource.clone().unwrap_or_default();
            assert_eq!(format!("{} {resource}", invocation.action()), call);
            assert_eq!(invocation.input, input, "{call}");
        }
    }

    #[test]
    fn what_cannot_be_called_says_why() {
        for (target, code) in [
            (
                json!({"Arn": "arn:aws:lambda:ca-central-1:1:function:f"}),
                "UnsupportedTarget",
            ),
            (
                json!({"Arn": "arn:aws:scheduler:::aws-sdk:braket:cancelJob"}),
                "UnsupportedTarget",
            ),
            (
                json!({"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "Input": "main"}),
                "ValidationException",
            ),
        ] {
            let refused = Invocation::of(&attempt(target)).expect_err("no call");
            assert_eq!(refused.code, code);
        }
    }
}
