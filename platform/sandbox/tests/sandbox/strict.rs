//! Values and references that AWS refuses and the bare emulator takes, by service.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::{Answer, Aws};
use crate::scene::{done, network, started};

#[tokio::test]
async fn databases_have_values_that_rds_offers() {
    let (_instance, aws) = started("values").await;
    let net = network(&aws).await;
    let [one, two] = &net.subnets;
    let subnets = |first: &str| {
        format!(
            "DBSubnetGroupName=s&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1={first}&SubnetIds.SubnetIdentifier.2={two}"
        )
    };
    let lost = subnets("subnet-0123456789abcdef0");
    assert_eq!(
        code(&aws, "CreateDBSubnetGroup", &lost).await,
        "InvalidSubnet"
    );
    done(&aws.rds("CreateDBSubnetGroup", &subnets(one)).await);
    let family = "DBParameterGroupName=p&Description=x&DBParameterGroupFamily=postgres99";
    let refused = code(&aws, "CreateDBParameterGroup", family).await;
    assert_eq!(refused, "InvalidParameterValue");

    let database = "DBInstanceIdentifier=one&Engine=postgres&EngineVersion=16&DBInstanceClass=db.t4g.micro\
        &AllocatedStorage=20&MasterUsername=app&MasterUserPassword=long-enough&DBSubnetGroupName=s&BackupRetentionPeriod=7";
    for (good, bad, refusal) in [
        ("Engine=postgres", "Engine=other", "InvalidParameterValue"),
        ("Version=16", "Version=99.9", "InvalidParameterCombination"),
        ("db.t4g.micro", "db.other.micro", "InvalidParameterValue"),
        ("Username=app", "Username=admin", "InvalidParameterValue"),
        ("long-enough", "short", "InvalidParameterValue"),
        ("Period=7", "Period=36", "InvalidParameterValue"),
    ] {
        let fields = database.replace(good, bad);
        assert_eq!(
            code(&aws, "CreateDBInstance", &fields).await,
            refusal,
            "{bad}"
        );
    }
    done(&aws.rds("CreateDBInstance", database).await);
    let id = "DBInstanceIdentifier=one";
    assert_eq!(
        code(&aws, "StartDBInstance", id).await,
        "InvalidDBInstanceState"
    );
    copies(&aws).await;
    done(&aws.rds("StopDBInstance", id).await);
    assert_eq!(
        code(&aws, "StopDBInstance", id).await,
        "InvalidDBInstanceState"
    );
    done(&aws.rds("StartDBInstance", id).await);
    let class = "Engine=postgres&EngineVersion=16&DBInstanceClass=db.t4g.micro";
    let found = aws.rds("DescribeOrderableDBInstanceOptions", class).await;
    assert_eq!(found.texts("DBInstanceClass"), ["db.t4g.micro"]);
}

async fn code(aws: &Aws, action: &str, fields: &str) -> String {
    aws.rds(action, fields).await.error().1
}

/// Restored to a time, replicated and promoted, copied: what the emulator cannot.
async fn copies(aws: &Aws) {
    let restore = "SourceDBInstanceIdentifier=one&TargetDBInstanceIdentifier=then";
    let operation = "RestoreDBInstanceToPointInTime";
    assert_eq!(
        code(aws, operation, restore).await,
        "InvalidParameterCombination"
    );
    let latest = format!("{restore}&UseLatestRestorableTime=true");
    let lost = latest.replace("=one", "=none");
    assert_eq!(code(aws, operation, &lost).await, "DBInstanceNotFound");
    done(&aws.rds(operation, &latest).await);
    let snapshots = aws.rds("DescribeDBSnapshots", "").await;
    assert!(
        snapshots.texts("DBSnapshotIdentifier").is_empty(),
        "{snapshots:?}"
    );

    let replica = "DBInstanceIdentifier=copy&SourceDBInstanceIdentifier=one";
    done(&aws.rds("CreateDBInstanceReadReplica", replica).await);
    let promote = "DBInstanceIdentifier=copy";
    let promoted = aws.rds("PromoteReadReplica", promote).await;
    done(&promoted);
    assert_eq!(
        promoted.text("DBInstanceIdentifier").as_deref(),
        Some("copy")
    );
    let all = aws.rds("DescribeDBInstances", "").await;
    assert!(
        all.texts("ReadReplicaSourceDBInstanceIdentifier")
            .iter()
            .all(String::is_empty)
    );
    assert!(
        all.texts("ReadReplicaDBInstanceIdentifier").is_empty(),
        "{all:?}"
    );
    let again = code(aws, "PromoteReadReplica", promote).await;
    assert_eq!(again, "InvalidDBInstanceState");

    let taken = "DBInstanceIdentifier=copy&DBSnapshotIdentifier=first";
    done(&aws.rds("CreateDBSnapshot", taken).await);
    let gone = "DBInstanceIdentifier=copy&SkipFinalSnapshot=true";
    done(&aws.rds("DeleteDBInstance", gone).await);
    let copy = "SourceDBSnapshotIdentifier=first&TargetDBSnapshotIdentifier=second";
    let copied = aws.rds("CopyDBSnapshot", copy).await;
    assert_eq!(
        copied.text("DBSnapshotIdentifier").as_deref(),
        Some("second")
    );
    assert_eq!(
        code(aws, "CopyDBSnapshot", copy).await,
        "DBSnapshotAlreadyExists"
    );
    let mut ids = aws
        .rds("DescribeDBInstances", "")
        .await
        .texts("DBInstanceIdentifier");
    ids.sort();
    assert_eq!(ids, ["one", "then"], "the one brought back is gone again");
}

#[tokio::test]
async fn schedules_can_come_true() {
    let (_instance, aws) = started("schedules").await;
    for (name, service) in [("mine", "scheduler"), ("other", "ecs-tasks")] {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": format!("{service}.amazonaws.com")}}]});
        let fields = format!("RoleName={name}&AssumeRolePolicyDocument={trust}");
        done(&aws.iam("CreateRole", &fields).await);
    }
    let role = |name: &str| json!(format!("arn:aws:iam::000000000000:role/{name}"));
    let target = "arn:aws:scheduler:::aws-sdk";
    let schedule = json!({
        "ScheduleExpression": "cron(0 20 ? * MON-FRI *)", "ScheduleExpressionTimezone": "America/Toronto",
        "FlexibleTimeWindow": {"Mode": "OFF"}, "ClientToken": "once",
        "Target": {"Arn": format!("{target}:rds:stopDBInstance"), "RoleArn": role("mine"), "Input": "{}"},
    });
    let create = async |schedule: &Value| {
        aws.scheduler(Method::POST, "schedules/evening", &schedule.to_string())
            .await
    };
    for (pointer, value) in [
        ("/ScheduleExpression", json!("cron(0 24 ? * MON-FRI *)")),
        ("/ScheduleExpressionTimezone", json!("Mars/Base")),
        ("/Target/Arn", json!(format!("{target}:rds:stopEverything"))),
        ("/Target/Arn", json!(format!("{target}:sqs:getQueueUrl"))),
        ("/Target/RoleArn", role("none")),
        ("/Target/RoleArn", role("other")),
    ] {
        let mut unfit = schedule.clone();
        *unfit.pointer_mut(pointer).expect("a field") = value.clone();
        let answer = create(&unfit).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{value}: {answer:?}"
        );
    }
    let first = create(&schedule).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let again = create(&schedule).await;
    let arn = |answer: &Answer| {
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        body["ScheduleArn"].clone()
    };
    assert_eq!(arn(&again), arn(&first), "the same token: {again:?}");
    let mut other = schedule.clone();
    other["ClientToken"] = json!("twice");
    assert_eq!(create(&other).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn topics_alarms_images_and_tokens() {
    let (_instance, aws) = started("strict").await;
    let topic = "Name=t&Tags.member.1.Key=a&Tags.member.1.Value";
    let arn = aws
        .sns("CreateTopic", &format!("{topic}=1"))
        .await
        .text("TopicArn");
    let arn = arn.expect("an ARN");
    let again = aws.sns("CreateTopic", &format!("{topic}=1")).await;
    assert_eq!(again.text("TopicArn").as_ref(), Some(&arn));
    let other = aws.sns("CreateTopic", &format!("{topic}=2")).await;
    assert_eq!(other.error().1, "InvalidParameter");
    let subscribe = format!("TopicArn={arn}&Protocol=email&Endpoint=nobody");
    assert_eq!(
        aws.sns("Subscribe", &subscribe).await.error().1,
        "InvalidParameter"
    );

    let watch = async |operation: &str, body: Value| {
        let target = format!("GraniteServiceVersion20100801.{operation}");
        aws.json("monitoring", &target, &body).await
    };
    let state = json!({"AlarmName": "a", "StateValue": "FINE", "StateReason": "x"});
    assert_eq!(
        watch("SetAlarmState", state).await.1["__type"],
        "ValidationError"
    );
    let body = json!({"DashboardName": "d", "DashboardBody": "{\"widgets\": []}"});
    assert_eq!(watch("PutDashboard", body).await.0, StatusCode::OK);
    let (_, listed) = watch("ListDashboards", json!({})).await;
    let entry = &listed["DashboardEntries"][0];
    assert!(entry["LastModified"].is_number(), "in JSON: {entry}");

    let named = |name: &str| json!({"repositoryName": name});
    let (_, refused) = aws.ecr("CreateRepository", &named("UPPER")).await;
    assert_eq!(refused["__type"], "InvalidParameterException");
    aws.ecr("CreateRepository", &named("app")).await;
    let image = json!({"repositoryName": "app", "imageIds": [{"imageTag": "none"}]});
    let (_, refused) = aws.ecr("DescribeImages", &image).await;
    assert_eq!(refused["__type"], "ImageNotFoundException");

    let cache =
        "ReplicationGroupId=c&ReplicationGroupDescription=x&Engine=valkey&CacheNodeType=cache.none";
    let refused = aws.elasticache("CreateReplicationGroup", cache).await;
    assert_eq!(refused.error().1, "InvalidParameterValue");
    tokens(&aws).await;
}

async fn tokens(aws: &Aws) {
    let secret = async |operation: &str, body: Value| {
        let target = format!("secretsmanager.{operation}");
        aws.json("secretsmanager", &target, &body).await.1
    };
    let token = "00000000-0000-0000-0000-000000000001";
    let made =
        |value: &str| json!({"Name": "s", "SecretString": value, "ClientRequestToken": token});
    let put =
        |value: &str| json!({"SecretId": "s", "SecretString": value, "ClientRequestToken": token});
    let first = secret("CreateSecret", made("one")).await;
    assert_eq!(first["VersionId"], token);
    assert_eq!(
        secret("CreateSecret", made("one")).await["ARN"],
        first["ARN"]
    );
    let other = secret("CreateSecret", made("two")).await;
    assert_eq!(other["__type"], "ResourceExistsException");
    assert_eq!(
        secret("PutSecretValue", put("one")).await["VersionId"],
        token
    );
    let other = secret("PutSecretValue", put("two")).await;
    assert_eq!(other["__type"], "ResourceExistsException");
    let versions = secret("ListSecretVersionIds", json!({"SecretId": "s"})).await;
    let versions = versions["Versions"].as_array().expect("versions");
    assert_eq!(versions.len(), 1, "{versions:?}");
    let shown = secret("DescribeSecret", json!({"SecretId": "s"})).await;
    assert_eq!(shown["VersionIdsToStages"], json!({token: ["AWSCURRENT"]}));
    let managed = json!({"Name": "rds!db-1", "SecretString": "x"});
    secret("CreateSecret", managed).await;
    let shown = secret("DescribeSecret", json!({"SecretId": "rds!db-1"})).await;
    assert_eq!(shown["OwningService"], "rds");
}

#[tokio::test]
async fn tasks_run_in_networks_that_are_there() {
    let (_instance, aws) = started("tasks").await;
    let net = network(&aws).await;
    aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [{"name": "app", "image": "i"}],
    });
    for _ in 0..2 {
        aws.ecs("RegisterTaskDefinition", &definition).await;
    }
    aws.ecs(
        "DeregisterTaskDefinition",
        &json!({"taskDefinition": "app:2"}),
    )
    .await;
    let (_, latest) = aws
        .ecs("DescribeTaskDefinition", &json!({"taskDefinition": "app"}))
        .await;
    assert_eq!(latest["taskDefinition"]["revision"], 1, "{latest}");
    let service = |subnet: &str, groups: Value| {
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "app:1", "desiredCount": 0,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": groups}}})
    };
    for lost in [
        service("subnet-0123456789abcdef0", json!([])),
        service(&net.subnets[0], json!(["sg-0123456789abcdef0"])),
    ] {
        let (_, refused) = aws.ecs("CreateService", &lost).await;
        assert_eq!(refused["__type"], "InvalidParameterException", "{lost}");
    }
    let (status, made) = aws
        .ecs("CreateService", &service(&net.subnets[0], json!([])))
        .await;
    assert_eq!(status, StatusCode::OK, "{made}");
}
