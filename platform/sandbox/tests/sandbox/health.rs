//! Targets that are really asked, versions that serve until the next is healthy, and tasks that hold too much.

use std::time::{Duration, Instant};

use bella_sandbox::Servers;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::aws::Aws;
use crate::instance::Instance;
use crate::scene::network;

const LIMIT: Duration = Duration::from_secs(90);
/// Says its name at `/ok` and nowhere else.
const SERVER: &str = "
import http.server, os, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == sys.argv[2] else 404)
        self.end_headers()
        self.wfile.write(sys.argv[1].encode())
host, port = os.environ['BIND'].split(':')
http.server.ThreadingHTTPServer((host, int(port)), Page).serve_forever()
";

struct Scene {
    aws: Aws,
    url: String,
    group: String,
    instance: Instance,
}

impl Scene {
    /// A service of one task, version `one`, behind a load balancer.
    async fn new() -> Self {
        let instance = Instance::new("health");
        let status = instance.up_with(Servers::Real).await;
        let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
        let net = network(&aws).await;
        let [one, two] = &net.subnets;
        let balancer = format!("Name=lb&Subnets.member.1={one}&Subnets.member.2={two}");
        let balancer = aws.elb("CreateLoadBalancer", &balancer).await;
        let balancer = balancer.text("LoadBalancerArn").expect("an ARN");
        let group = format!(
            "Name=tg&Protocol=HTTP&Port=8000&TargetType=ip&VpcId={}&HealthCheckPath=/ok\
             &HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=2&HealthyThresholdCount=2\
             &UnhealthyThresholdCount=2",
            net.vpc
        );
        let group = aws.elb("CreateTargetGroup", &group).await;
        let group = group.text("TargetGroupArn").expect("an ARN");
        let listener = format!(
            "LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward\
             &DefaultActions.member.1.TargetGroupArn={group}"
        );
        aws.elb("CreateListener", &listener).await;
        aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
        let status = bella_sandbox::status(&instance.home).await;
        let scene = Self {
            aws,
            url: status.service_url.expect("there is a load balancer"),
            group,
            instance,
        };
        let definition = scene.register(&["one", "/ok"]).await;
        let service = json!({
            "cluster": "c", "serviceName": "s", "taskDefinition": definition, "desiredCount": 1,
            "loadBalancers": [{"targetGroupArn": scene.group, "containerName": "app", "containerPort": 8000}],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": [one]}},
        });
        let (_, made) = scene.aws.ecs("CreateService", &service).await;
        assert_eq!(made["service"]["status"], "ACTIVE", "{made}");
        scene
    }

    /// Registers a revision of the server with what it says and where; its ARN.
    async fn register(&self, words: &[&str]) -> Value {
        let mut command = vec!["python3", "-I", "-c", SERVER];
        command.extend(words);
        let definition = json!({
            "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [{
                "name": "app", "image": "public.ecr.aws/docker/library/busybox:1", "essential": true,
                "command": command, "portMappings": [{"containerPort": 8000}],
            }],
        });
        let (_, made) = self.aws.ecs("RegisterTaskDefinition", &definition).await;
        made["taskDefinition"]["taskDefinitionArn"].clone()
    }

    /// Registers a version and rolls it out.
    async fn update(&self, words: &[&str]) {
        let definition = self.register(words).await;
        let update = json!({"cluster": "c", "service": "s", "taskDefinition": definition});
        self.aws.ecs("UpdateService", &update).await;
    }

    async fn service(&self) -> Value {
        let asked = json!({"cluster": "c", "services": ["s"]});
        let (_, told) = self.aws.ecs("DescribeServices", &asked).await;
        told["services"][0].clone()
    }

    /// States and reasons of the targets.
    async fn targets(&self) -> Vec<(String, Option<String>)> {
        let asked = format!("TargetGroupArn={}", self.group);
        let told = self.aws.elb("DescribeTargetHealth", &asked).await;
        told.body
            .split("<TargetHealth>")
            .skip(1)
            .map(|part| {
                let between = |open: &str| Some(part.split_once(open)?.1.split_once('<')?.0);
                let state = between("<State>").unwrap_or_default().to_owned();
                (state, between("<Reason>").map(str::to_owned))
            })
            .collect()
    }

    async fn deployment(&self) -> Value {
        let asked = json!({"cluster": "c", "service": "s"});
        let (_, told) = self.aws.ecs("ListServiceDeployments", &asked).await;
        told["serviceDeployments"][0].clone()
    }

    /// What the load balancer's clients are told.
    async fn asked(&self) -> String {
        let at = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(at).await.expect("connected");
        let request = format!("GET /ok HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let body = body.lines().next_back().unwrap_or_default();
        format!("{} {body}", head.split(' ').nth(1).unwrap_or_default())
    }

    /// Waits for what `is` says of the service, its newest deployment and its targets, as `name` says, while every
    /// client is answered by one of these.
    async fn until(&self, name: &str, answers: &[&str], is: impl Fn(&Seen) -> bool) -> Seen {
        let began = Instant::now();
        loop {
            if !answers.is_empty() {
                let answer = self.asked().await;
                assert!(answers.contains(&answer.as_str()), "until {name}: {answer}");
            }
            let seen = Seen {
                service: self.service().await,
                deployment: self.deployment().await,
                targets: self.targets().await,
            };
            if is(&seen) {
                return seen;
            }
            assert!(began.elapsed() < LIMIT, "never {name}: {seen:?}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

#[derive(Debug)]
struct Seen {
    service: Value,
    deployment: Value,
    targets: Vec<(String, Option<String>)>,
}

impl Seen {
    fn has(&self, state: &str, reason: &str) -> bool {
        let wanted = (state.to_owned(), Some(reason.to_owned()));
        self.targets.contains(&wanted)
    }

    fn says(&self, text: &str) -> bool {
        let mut events = self.service["events"].as_array().into_iter().flatten();
        events.any(|event| {
            event["message"]
                .as_str()
                .is_some_and(|it| it.contains(text))
        })
    }
}

#[tokio::test]
async fn a_version_serves_until_the_next_is_healthy() {
    let scene = Scene::new().await;
    let first = |seen: &Seen| seen.deployment["status"] == "SUCCESSFUL";
    let seen = scene.until("the first version serves", &[], first).await;
    assert_eq!(seen.targets, [("healthy".to_owned(), None)]);

    // The next has its page elsewhere.
    scene.update(&["two", "/elsewhere"]).await;
    let wrong = "Target.ResponseCodeMismatch";
    let seen = scene
        .until("it is unhealthy", &["200 one"], |seen| {
            seen.has("unhealthy", wrong)
        })
        .await;
    assert_eq!(seen.deployment["status"], "IN_PROGRESS");
    assert_eq!(
        seen.service["deployments"][0]["rolloutState"],
        "IN_PROGRESS"
    );
    assert!(
        seen.has("draining", "Target.DeregistrationInProgress"),
        "{seen:?}"
    );
    let event = format!(
        "(service s) (port 8000) is unhealthy in (target-group {}) due to (reason Health checks failed with these codes: [404]).",
        scene.group
    );
    scene
        .until("it is replaced", &["200 one"], |seen| seen.says(&event))
        .await;
    let asked = json!({"cluster": "c", "desiredStatus": "STOPPED"});
    let (_, stopped) = scene.aws.ecs("ListTasks", &asked).await;
    let asked = json!({"cluster": "c", "tasks": stopped["taskArns"]});
    let (_, told) = scene.aws.ecs("DescribeTasks", &asked).await;
    let mut tasks = told["tasks"].as_array().into_iter().flatten();
    let by_scheduler = tasks.find(|task| task["stopCode"] == "ServiceSchedulerInitiated");
    let reason = by_scheduler.map(|task| task["stoppedReason"].clone());
    let failed = format!(
        "Task failed ELB health checks in (target-group {})",
        scene.group
    );
    assert_eq!(reason, Some(json!(failed)), "{told}");

    let deployment = scene.deployment().await["serviceDeploymentArn"].clone();
    let stop = json!({"serviceDeploymentArn": deployment, "stopType": "ROLLBACK"});
    scene.aws.ecs("StopServiceDeployment", &stop).await;
    let back = |seen: &Seen| seen.deployment["status"] == "ROLLBACK_SUCCESSFUL";
    scene.until("the first is back", &["200 one"], back).await;

    // One that is healthy takes over without a request that fails.
    scene.update(&["three", "/ok"]).await;
    let both = ["200 one", "200 three"];
    scene.until("the third serves", &both, first).await;
    let alone = |seen: &Seen| seen.targets.len() == 1;
    scene.until("the first is gone", &both, alone).await;
    assert_eq!(scene.asked().await, "200 three");

    holding(&scene).await;
    scene.instance.down().await;
}

/// A task that holds more than it may is killed, and says so.
async fn holding(scene: &Scene) {
    let hold = "block = bytearray(300 * 1024 * 1024); import time; time.sleep(600)";
    let definition = json!({
        "family": "job", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{
            "name": "job", "image": "public.ecr.aws/docker/library/busybox:1", "essential": true, "memory": 128,
            "command": ["python3", "-c", format!("{hold}")],
        }],
    });
    scene.aws.ecs("RegisterTaskDefinition", &definition).await;
    let task = json!({"cluster": "c", "launchType": "FARGATE", "taskDefinition": "job"});
    let (_, started) = scene.aws.ecs("RunTask", &task).await;
    let asked = json!({"cluster": "c", "tasks": [started["tasks"][0]["taskArn"]]});
    let began = Instant::now();
    loop {
        let (_, told) = scene.aws.ecs("DescribeTasks", &asked).await;
        let task = &told["tasks"][0];
        if task["lastStatus"] == "STOPPED" {
            assert_eq!(task["containers"][0]["exitCode"], 137, "{task}");
            let said = "OutOfMemoryError: Container killed due to memory usage";
            assert_eq!(task["containers"][0]["reason"], said, "{task}");
            return;
        }
        assert!(began.elapsed() < LIMIT, "{told}");
        sleep(Duration::from_millis(100)).await;
    }
}
