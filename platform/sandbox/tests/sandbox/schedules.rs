//! Schedules come due on the sandbox's clock and call the gateway in their role's name.

use std::time::{Duration, Instant};

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::instance::Instance;
use crate::scene::{done, started};

const SDK: &str = "arn:aws:scheduler:::aws-sdk";
const ACCOUNT: &str = "000000000000";

#[tokio::test]
async fn a_database_rests_at_night_in_its_time_zone() {
    let (instance, aws) = started("nights").await;
    hold(&aws).await;
    // 8 p.m. in Toronto is 1 a.m. in UTC, and midnight once the clocks have changed in March.
    set(&aws, "2027-03-13T12:00:00Z").await;
    database(&aws).await;
    role(&aws, "nights", json!(["rds:St*DBInstance"])).await;
    for (name, hour, operation) in [("off", 20, "stopDBInstance"), ("on", 8, "startDBInstance")] {
        let expression = format!("cron(0 {hour} * * ? *)");
        schedule(&aws, name, &expression, &rds(operation, "nights")).await;
    }
    set(&aws, "2027-03-14T00:59:59Z").await;
    assert_eq!(status(&aws).await, "available", "not at 8 p.m. in UTC");
    set(&aws, "2027-03-14T01:00:00Z").await;
    assert_eq!(status(&aws).await, "stopped");
    set(&aws, "2027-03-14T12:00:00Z").await;
    assert_eq!(
        status(&aws).await,
        "available",
        "8 a.m. is an hour earlier now"
    );
    set(&aws, "2027-03-15T00:00:00Z").await;
    assert_eq!(status(&aws).await, "stopped", "and so is 8 p.m.");

    let fired = fired(&aws).await;
    let seen: Vec<(&str, &str)> = fired
        .iter()
        .map(|one| (text(one, "at"), outcome(one)))
        .collect();
    let expected = [
        ("2027-03-13T13:00:00Z", "dropped"),
        ("2027-03-14T01:00:00Z", "done"),
        ("2027-03-14T12:00:00Z", "done"),
        ("2027-03-15T00:00:00Z", "done"),
    ];
    assert_eq!(seen, expected, "the first start finds it running");
    assert!(text(&fired[0], "error").starts_with("InvalidDBInstanceState"));

    listed(&aws).await;
    week(&aws).await;

    down_for_a_day(&instance, &aws).await;
}

/// As on a full disk: nothing is carried out that could be carried out twice, and nothing is lost.
#[tokio::test]
async fn what_cannot_be_saved_waits() {
    let (instance, aws) = started("unsaved").await;
    hold(&aws).await;
    set(&aws, "2027-03-13T12:00:00Z").await;
    database(&aws).await;
    role(&aws, "nights", json!(["rds:St*DBInstance"])).await;
    schedule(
        &aws,
        "off",
        "cron(0 13 * * ? *)",
        &rds("stopDBInstance", "nights"),
    )
    .await;
    let rules = instance.home.root().join("rules");
    let aside = instance.home.root().join("aside");
    std::fs::rename(&rules, &aside).expect("it is there");
    let asked = json!({"set": "2027-03-14T00:00:00Z"}).to_string();
    let (status_code, told) = aws.told(Method::POST, "clock", &asked).await;
    assert_eq!(status_code, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
    assert_eq!(status(&aws).await, "available");
    assert_eq!(fired(&aws).await.len(), 0);

    std::fs::rename(&aside, &rules).expect("it is there");
    let deadline = Instant::now() + Duration::from_secs(30);
    while fired(&aws).await.is_empty() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let fired = fired(&aws).await;
    assert_eq!(
        (text(&fired[0], "at"), outcome(&fired[0])),
        ("2027-03-13T18:00:00Z", "done")
    );
    assert_eq!(status(&aws).await, "stopped");
}

/// What came due while the sandbox was down is caught up as far as its greatest age goes.
async fn down_for_a_day(instance: &Instance, aws: &Aws) {
    let mut target = rds("startDBInstance", "nights");
    target["RetryPolicy"]["MaximumEventAgeInSeconds"] = json!(60);
    schedule(aws, "on", "cron(0 8 * * ? *)", &target).await;
    instance.down().await;
    let file = instance.home.root().join("clock.json");
    let clock = json!({"held": "2027-03-24T06:00:00Z"}).to_string();
    std::fs::write(file, clock).expect("written");
    let up = instance.up().await;
    let aws = Aws::new(up.endpoint.as_deref().expect("an endpoint"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while fired(&aws).await.len() < 2 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let fired = fired(&aws).await;
    let seen: Vec<(&str, &str)> = fired
        .iter()
        .map(|one| (text(one, "scheduled"), outcome(one)))
        .collect();
    let expected = [
        ("2027-03-23T12:00:00Z", "missed"),
        ("2027-03-24T00:00:00Z", "done"),
    ];
    assert_eq!(seen, expected, "{fired:?}");
    assert_eq!(status(&aws).await, "stopped");
}

/// The emulator is told nothing that it would carry out, and callers see what they set.
async fn listed(aws: &Aws) {
    let answer = aws.scheduler(Method::GET, "schedules/off", "").await;
    assert_eq!(parsed(&answer.body)["State"], "ENABLED", "{answer:?}");
    let names = async |query: &str| {
        let path = format!("schedules?{query}");
        let answer = aws.scheduler(Method::GET, &path, "").await;
        let schedules = parsed(&answer.body)["Schedules"].clone();
        schedules.as_array().map_or(0, Vec::len)
    };
    assert_eq!(names("State=ENABLED").await, 2);
    assert_eq!(names("State=DISABLED").await, 0);
}

/// A database that nobody starts is started by AWS after seven days.
async fn week(aws: &Aws) {
    for name in ["off", "on"] {
        let path = format!("schedules/{name}");
        let gone = aws.scheduler(Method::DELETE, &path, "").await;
        assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    }
    let told = aws.rds("DescribeDBInstances", "").await;
    let due = told.text("AutomaticRestartTime");
    assert_eq!(due.as_deref(), Some("2027-03-22T00:00:00Z"));
    set(aws, "2027-03-21T23:59:59Z").await;
    assert_eq!(status(aws).await, "stopped");
    set(aws, "2027-03-23T00:00:00Z").await;
    assert_eq!(status(aws).await, "available");
    let told = aws.rds("DescribeDBInstances", "").await;
    assert_eq!(told.text("AutomaticRestartTime"), None);
    let path = "schedules/on";
    let gone = aws.scheduler(Method::GET, path, "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    // For what follows.
    schedule(
        aws,
        "off",
        "cron(0 20 * * ? *)",
        &rds("stopDBInstance", "nights"),
    )
    .await;
}

#[tokio::test]
async fn what_fails_is_retried_and_ends_in_the_dead_letter_queue() {
    let (_instance, aws) = started("letters").await;
    hold(&aws).await;
    set(&aws, "2027-06-01T00:00:00Z").await;
    let queue = "dead";
    let (made, answer) = sqs(&aws, "CreateQueue", json!({"QueueName": queue})).await;
    assert_eq!(made, StatusCode::OK, "{answer}");
    let url = answer["QueueUrl"].clone();
    let arn = format!("arn:aws:sqs:ca-central-1:{ACCOUNT}:{queue}");
    role(
        &aws,
        "all",
        json!(["rds:*", "sqs:SendMessage", "scheduler:*"]),
    )
    .await;
    role(&aws, "letters", json!(["sqs:SendMessage"])).await;
    let trust = trust();
    done(
        &aws.iam(
            "CreateRole",
            &format!("RoleName=bare&AssumeRolePolicyDocument={trust}"),
        )
        .await,
    );

    // There is no such database: four attempts, each twice as long after the other.
    let mut failing = rds("stopDBInstance", "all");
    failing["RetryPolicy"] = json!({"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600});
    failing["DeadLetterConfig"] = json!({"Arn": arn});
    schedule(&aws, "fails", "at(2027-06-01T01:00:00)", &failing).await;
    // The role may not.
    let mut forbidden = failing.clone();
    forbidden["RoleArn"] = json!(format!("arn:aws:iam::{ACCOUNT}:role/letters"));
    forbidden["RetryPolicy"]["MaximumRetryAttempts"] = json!(0);
    schedule(&aws, "forbidden", "at(2027-06-01T02:00:00)", &forbidden).await;
    set(&aws, "2027-06-01T03:00:00Z").await;
    let fired = fired(&aws).await;
    let seen: Vec<(&str, &str)> = fired
        .iter()
        .map(|one| (text(one, "at"), outcome(one)))
        .collect();
    let expected = [
        ("2027-06-01T05:00:00Z", "retried"),
        ("2027-06-01T05:00:01Z", "retried"),
        ("2027-06-01T05:00:03Z", "retried"),
        ("2027-06-01T05:00:07Z", "dead_letter"),
    ];
    assert_eq!(
        seen,
        Vec::<(&str, &str)>::new(),
        "it is 1 a.m. in Toronto at 5 in UTC"
    );
    set(&aws, "2027-06-01T05:30:00Z").await;
    let fired = self::fired(&aws).await;
    let seen: Vec<(&str, &str)> = fired
        .iter()
        .map(|one| (text(one, "at"), outcome(one)))
        .collect();
    assert_eq!(seen, expected);
    set(&aws, "2027-06-01T07:00:00Z").await;

    let letters = letters(&aws, &url, 2).await;
    let attribute = |letter: &Value, name: &str| {
        let attributes = &letter["MessageAttributes"];
        attributes[name]["StringValue"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let find = |code: &str| {
        let found = letters
            .iter()
            .find(|letter| attribute(letter, "ERROR_CODE") == code);
        found.unwrap_or_else(|| panic!("{code}: {letters:?}"))
    };
    let missing = find("DBInstanceNotFound");
    assert_eq!(missing["Body"], "{\"DbInstanceIdentifier\":\"one\"}");
    for (name, value) in [
        ("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"),
        ("IS_PAYLOAD_TRUNCATED", "false"),
        ("RETRY_ATTEMPTS", "3"),
        ("SCHEDULED_TIME", "2027-06-01T05:00:00Z"),
        (
            "SCHEDULE_ARN",
            &format!("arn:aws:scheduler:ca-central-1:{ACCOUNT}:schedule/default/fails"),
        ),
        (
            "TARGET_ARN",
            "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
        ),
    ] {
        assert_eq!(attribute(missing, name), value, "{name}");
    }
    let denied = find("AccessDeniedException");
    let why = attribute(denied, "ERROR_MESSAGE");
    assert!(
        why.contains("not authorized to perform: rds:StopDBInstance"),
        "{why}"
    );
    counted(&aws).await;
    calls_scheduler(&aws, &url).await;
}

/// Alarms see what schedules did.
async fn counted(aws: &Aws) {
    for (metric, sum) in [
        ("InvocationAttemptCount", 5.0),
        ("TargetErrorCount", 5.0),
        ("InvocationDroppedCount", 2.0),
        ("InvocationsSentToDeadLetterCount", 2.0),
    ] {
        let asked = json!({
            "Namespace": "AWS/Scheduler", "MetricName": metric, "Period": 86400, "Statistics": ["Sum"],
            "StartTime": 0, "EndTime": 4_000_000_000_u64,
            "Dimensions": [{"Name": "ScheduleGroup", "Value": "default"}],
        });
        let target = "GraniteServiceVersion20100801.GetMetricStatistics";
        let (_, told) = aws.json("monitoring", target, &asked).await;
        let seen: f64 = told["Datapoints"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|point| point["Sum"].as_f64())
            .sum();
        assert!((seen - sum).abs() < 0.5, "{metric}: {told}");
    }
}

/// A one-time schedule that enables another and is gone; and a role that may do nothing, as AWS takes it.
async fn calls_scheduler(aws: &Aws, queue: &Value) {
    let bare = json!({
        "Arn": format!("arn:aws:sqs:ca-central-1:{ACCOUNT}:dead"),
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/bare"),
        "Input": "awake",
        "RetryPolicy": {"MaximumRetryAttempts": 0},
    });
    let mut paused = json!({
        "Name": "paused", "State": "DISABLED", "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": "rate(1 hours)", "Target": bare,
    });
    let made = aws
        .scheduler(Method::POST, "schedules/paused", &paused.to_string())
        .await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    paused["State"] = json!("ENABLED");
    let again = json!({
        "Arn": format!("{SDK}:scheduler:updateSchedule"),
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/all"),
        "Input": paused.to_string(),
    });
    let once = json!({
        "ScheduleExpression": "at(2027-06-01T09:00:00)", "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE", "Target": again,
    });
    let made = aws
        .scheduler(Method::POST, "schedules/once", &once.to_string())
        .await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    set(aws, "2027-06-01T08:59:59Z").await;
    let before = fired(aws).await.len();
    set(aws, "2027-06-01T09:30:00Z").await;
    let gone = aws.scheduler(Method::GET, "schedules/once", "").await;
    assert_eq!(
        gone.status,
        StatusCode::NOT_FOUND,
        "deleted after completion"
    );
    let resumed = aws.scheduler(Method::GET, "schedules/paused", "").await;
    assert_eq!(parsed(&resumed.body)["State"], "ENABLED");
    let strict = json!({"refuse_roles_without_policies": true}).to_string();
    set(aws, "2027-06-01T10:30:00Z").await;
    aws.control(Method::POST, "temper", &strict).await;
    set(aws, "2027-06-01T11:30:00Z").await;
    let fired = fired(aws).await.split_off(before);
    let seen: Vec<(&str, &str)> = fired
        .iter()
        .map(|one| (text(one, "at"), outcome(one)))
        .collect();
    assert_eq!(
        seen[..3],
        [
            ("2027-06-01T09:00:00Z", "done"),
            ("2027-06-01T10:00:00Z", "done"),
            ("2027-06-01T11:00:00Z", "dropped"),
        ],
        "{fired:?}"
    );
    assert_eq!(
        text(&fired[1], "note"),
        "the role has no policies: AWS refuses this"
    );
    let letters = letters(aws, queue, 1).await;
    assert_eq!(letters[0]["Body"], "awake");
}

async fn letters(aws: &Aws, queue: &Value, count: usize) -> Vec<Value> {
    let asked = json!({
        "QueueUrl": queue, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"],
    });
    let (_, answer) = sqs(aws, "ReceiveMessage", asked).await;
    let letters = answer["Messages"].as_array().cloned().unwrap_or_default();
    assert_eq!(letters.len(), count, "{answer}");
    for letter in &letters {
        let asked = json!({"QueueUrl": queue, "ReceiptHandle": letter["ReceiptHandle"]});
        sqs(aws, "DeleteMessage", asked).await;
    }
    letters
}

async fn sqs(aws: &Aws, operation: &str, body: Value) -> (StatusCode, Value) {
    aws.json("sqs", &format!("AmazonSQS.{operation}"), &body)
        .await
}

async fn hold(aws: &Aws) {
    aws.control(Method::POST, "clock", r#"{"hold": true}"#)
        .await;
}

async fn set(aws: &Aws, to: &str) {
    let body = json!({"set": to}).to_string();
    let told = aws.control(Method::POST, "clock", &body).await;
    assert_eq!((text(&told, "now"), &told["reached"]), (to, &json!(true)));
}

async fn fired(aws: &Aws) -> Vec<Value> {
    let told = aws.control(Method::GET, "schedules", "").await;
    told["fired"].as_array().cloned().unwrap_or_default()
}

fn outcome(fired: &Value) -> &str {
    text(fired, "outcome")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

async fn status(aws: &Aws) -> String {
    let told = aws
        .rds("DescribeDBInstances", "DBInstanceIdentifier=one")
        .await;
    told.text("DBInstanceStatus").unwrap_or_default()
}

fn rds(operation: &str, role: &str) -> Value {
    json!({
        "Arn": format!("{SDK}:rds:{operation}"),
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
        "Input": json!({"DbInstanceIdentifier": "one"}).to_string(),
        "RetryPolicy": {"MaximumRetryAttempts": 0},
    })
}

async fn schedule(aws: &Aws, name: &str, expression: &str, target: &Value) {
    let body = json!({
        "ScheduleExpression": expression, "ScheduleExpressionTimezone": "America/Toronto",
        "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target,
    });
    let path = format!("schedules/{name}");
    let made = aws.scheduler(Method::POST, &path, &body.to_string()).await;
    let made = match made.status {
        StatusCode::CONFLICT => aws.scheduler(Method::PUT, &path, &body.to_string()).await,
        _ => made,
    };
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
}

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "scheduler.amazonaws.com"}}]})
}

/// A role of the scheduler's that may do this.
async fn role(aws: &Aws, name: &str, actions: Value) {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "*"}]});
    let trust = trust();
    done(
        &aws.iam(
            "CreateRole",
            &format!("RoleName={name}&AssumeRolePolicyDocument={trust}"),
        )
        .await,
    );
    let fields = format!("RoleName={name}&PolicyName=may&PolicyDocument={policy}");
    done(&aws.iam("PutRolePolicy", &fields).await);
}

async fn database(aws: &Aws) {
    let fields = "DBInstanceIdentifier=one&Engine=postgres&DBInstanceClass=db.t4g.micro&AllocatedStorage=20\
                  &StorageType=gp3&MasterUsername=app&MasterUserPassword=not-a-secret";
    done(&aws.rds("CreateDBInstance", fields).await);
}
