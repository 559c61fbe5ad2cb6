//! Every value of a full stack file replaced by every kind of odd value: loading never panics, and what it says has a place.

use bella_stack::load_with;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A file that uses every key of the schema once, one value to a line.
const FULL: &str = r#"stack: bella-dev
environment: staging
region: ca-central-1
owner: platform@bella.example
cost_center: booking
budget:
  monthly_usd: 150
  daily_usd: 15.5
  alert_at:
    - 50
    - 80
  notify:
    - finance@bella.example
network:
  cidr: 10.20.0.0/16
  availability_zones: 2
  egress: public-ip
service:
  cpu: 512
  memory: 1024
  architecture: arm64
  capacity: fargate
  port: 8000
  health_check:
    path: /healthz
    interval: 30s
    timeout: 5s
    healthy_threshold: 2
    unhealthy_threshold: 3
  scaling:
    min: 1
    max: 5
    target_cpu: 70
    target_memory: 80
    scale_out_cooldown: 300s
    scale_in_cooldown: 900s
    calls_per_minute_per_task: 10
  environment:
    BUSINESS_TIMEZONE: America/Toronto
  secrets:
    - app
database:
  engine: postgres
  version: "16"
  instance: db.t4g.micro
  storage_gb: 20
  multi_az: false
  backup_retention_days: 7
  deletion_protection: true
cache:
  engine: valkey
  mode: node
  node: cache.t4g.micro
  nodes: 1
domain:
  zone: bella.example
  name: book.bella.example
alarms:
  - name: high-error-rate
    when: error_rate > 5%
    for: 5m
    severity: critical
    runbook: high-error-rate
auto_shutdown:
  shutdown_time: "20:00"
  startup_time: "08:00"
  timezone: America/Toronto
  days:
    - mon
    - fri
ttl: 8h
resources:
  sqs_queue.audit:
    message_retention_period: 86400
moved:
  sqs_queue.old: sqs_queue.audit
usage:
  free_tier: unused
  log_gb: 0.5
  calls_per_month: 1000
ledger: s3
"#;

const ODD: &[&str] = &[
    "",
    "null",
    "true",
    "yes",
    "-1",
    "0",
    "1",
    "1.5",
    "256.0",
    "1e3",
    "1e400",
    "4294967296",
    "99999999999999999999",
    "\"\"",
    "x",
    "\"16\"",
    "[]",
    "{}",
    "[x]",
    "[1, 2]",
    "{ x: 1 }",
    "[[]]",
    "💥",
    "\"a\\tb\"",
    "${vpc.main.id}",
    "\"${x\"",
    "-0x1F",
    ".inf",
];

fn load(text: &str) -> Result<(), Vec<bella_stack::Problem>> {
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.as_bytes().to_vec())]);
    load_with(&source, Path::new("stack.yaml"))
        .map(|_| ())
        .map_err(|problems| problems.as_slice().to_vec())
}

#[test]
fn odd_values_are_refused_in_place_or_accepted_and_never_a_panic() {
    assert_eq!(load(FULL), Ok(()));
    let lines: Vec<&str> = FULL.lines().collect();
    let (mut accepted, mut refused) = (0, 0);
    for index in 0..lines.len() {
        for odd in ODD {
            let line = lines[index];
            let head = match line.split_once(": ") {
                Some((key, _)) => format!("{key}:"),
                None => line.strip_suffix(':').map_or_else(
                    || line[..=line.find('-').unwrap_or(0)].to_owned(),
                    |key| format!("{key}:"),
                ),
            };
            // A section's own lines go when its key gets a value.
            let indent = line.len() - line.trim_start().len();
            let is_section = line.ends_with(':');
            let below = lines[index + 1..]
                .iter()
                .take_while(|next| is_section && next.len() - next.trim_start().len() > indent)
                .count();
            let mut mutated: Vec<String> = lines[..index].iter().map(|l| (*l).to_owned()).collect();
            mutated.push(format!("{head} {odd}"));
            mutated.extend(lines[index + 1 + below..].iter().map(|l| (*l).to_owned()));
            let text = mutated.join("\n");
            match load(&text) {
                Ok(()) => accepted += 1,
                Err(problems) => {
                    refused += 1;
                    for problem in problems {
                        let source = mutated.get(problem.line - 1).map(String::as_str);
                        assert_eq!(
                            source,
                            Some(problem.source.as_str()),
                            "{head} {odd}: {problem}"
                        );
                        assert!(
                            problem.column <= problem.source.chars().count() + 1,
                            "{head} {odd}: {problem}"
                        );
                        assert!(!problem.message.is_empty());
                    }
                }
            }
        }
    }
    // Neither everything nor nothing is accepted; the numbers themselves have no meaning.
    assert!(
        accepted > 100 && refused > 1_000,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn every_shortened_file_is_judged() {
    for (end, _) in FULL.char_indices() {
        let text = &FULL[..end];
        for problem in load(text).err().into_iter().flatten() {
            // A syntax error at the end of the file stands on the line after the last.
            assert!(
                (1..=text.lines().count() + 1).contains(&problem.line),
                "{text}{problem}"
            );
            assert!(
                problem.column >= 1 && !problem.message.is_empty(),
                "{text}{problem}"
            );
        }
    }
}
