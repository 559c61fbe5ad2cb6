//! The tasks: sizes, health check, scaling, secrets.

use super::{
    Scope,
    fargate::{cpu_sizes, memory_for, memory_in_words, nearest_size},
};
use crate::{
    blueprint::{DATABASE_SECRET, variable_of},
    stack::CacheMode,
    value::Refusal,
};

pub(super) fn check(scope: &mut Scope<'_>) {
    size(scope);
    health_check(scope);
    scaling(scope);
    sessions(scope);
    secrets(scope);
}

fn size(scope: &mut Scope<'_>) {
    let (cpu, memory) = (scope.stack.service.cpu, scope.stack.service.memory);
    let sizes = memory_for(cpu);
    if sizes.is_empty() {
        let all = cpu_sizes()
            .map(|size| size.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let refusal = Refusal::new(format!("Fargate has no task with {cpu} CPU units"), all)
            .suggest(nearest_size(cpu, cpu_sizes()).map(|size| size.to_string()));
        return scope.refuse(&[&["service", "cpu"]], refusal);
    }
    if !sizes.contains(&memory) {
        let message = format!(
            "Fargate has no task with {cpu} CPU units and {memory} MiB{}",
            other_cpu(cpu, memory)
        );
        let refusal = Refusal::new(
            message,
            format!("{} for {cpu} CPU units", memory_in_words(cpu)),
        )
        .suggest(nearest_size(memory, sizes).map(|size| size.to_string()));
        scope.refuse(&[&["service", "memory"], &["service", "cpu"]], refusal);
    }
}

/// The nearest CPU size that has this memory, where there is one.
fn other_cpu(cpu: u32, memory: u32) -> String {
    let with_memory = cpu_sizes().filter(|size| memory_for(*size).contains(&memory));
    nearest_size(cpu, with_memory).map_or_else(String::new, |size| {
        format!("; {memory} MiB goes with cpu: {size}")
    })
}

/// Limits of load balancer health checks: Elastic Load Balancing API, `CreateTargetGroup`.
fn health_check(scope: &mut Scope<'_>) {
    let check = &scope.stack.service.health_check;
    let (interval, timeout) = (check.interval, check.timeout);
    let at_interval: &[&str] = &["service", "health_check", "interval"];
    let at_timeout: &[&str] = &["service", "health_check", "timeout"];
    if !(5..=300).contains(&interval.seconds()) {
        scope.refuse(
            &[at_interval],
            Refusal::new(format!("{interval} is out of range"), "5s to 300s"),
        );
    }
    if !(2..=120).contains(&timeout.seconds()) {
        return scope.refuse(
            &[at_timeout],
            Refusal::new(format!("{timeout} is out of range"), "2s to 120s"),
        );
    }
    if timeout >= interval {
        let message = format!("a check that may take {timeout} cannot be made every {interval}");
        let refusal = Refusal::new(
            message,
            format!("a timeout shorter than the interval of {interval}"),
        );
        scope.refuse(&[at_timeout, at_interval], refusal);
    }
}

fn scaling(scope: &mut Scope<'_>) {
    let scaling = &scope.stack.service.scaling;
    if scaling.min > scaling.max {
        let message = format!(
            "at least {} tasks and at most {} do not go together",
            scaling.min, scaling.max
        );
        let refusal = Refusal::new(message, format!("{} or more", scaling.min));
        scope.refuse(
            &[
                &["service", "scaling", "max"],
                &["service", "scaling", "min"],
            ],
            refusal,
        );
    }
    let cooldowns = [
        ("scale_out_cooldown", scaling.scale_out_cooldown),
        ("scale_in_cooldown", scaling.scale_in_cooldown),
    ];
    for (name, cooldown) in cooldowns {
        if cooldown.seconds() > 3_600 {
            scope.refuse(
                &[&["service", "scaling", name]],
                Refusal::new(format!("{cooldown} is out of range"), "0s to 1h"),
            );
        }
    }
}

/// Two tasks that do not share sessions would each know half of a call's steps.
fn sessions(scope: &mut Scope<'_>) {
    let mode = scope
        .stack
        .cache
        .as_ref()
        .map_or(CacheMode::None, |cache| cache.mode);
    let max = scope.stack.service.scaling.max;
    if max > 1 && !mode.is_shared() {
        let kept = match (mode, &scope.stack.cache) {
            (_, None) => "without a `cache` section",
            (CacheMode::Sidecar, _) => "with cache mode sidecar",
            _ => "with cache mode none",
        };
        let message = format!(
            "{max} tasks cannot share call sessions {kept}: the steps of one call reach different tasks"
        );
        let refusal = Refusal::new(message, "1, or a cache of mode serverless or node");
        scope.refuse(
            &[&["service", "scaling", "max"], &["cache", "mode"]],
            refusal,
        );
    }
}

fn secrets(scope: &mut Scope<'_>) {
    let secrets = &scope.stack.service.secrets;
    let environment = &scope.stack.service.environment;
    for (index, secret) in secrets.iter().enumerate() {
        let variable = variable_of(secret);
        let refusal = if secrets[..index].contains(secret) {
            Refusal::new(format!("`{secret}` is named twice"), "each secret once")
        } else if secret.as_str() == DATABASE_SECRET {
            let message = format!(
                "`{secret}` is the service's own login to the database, written by migrations"
            );
            Refusal::new(message, "another name")
        } else if environment.keys().any(|name| name.as_str() == variable) {
            let message = format!(
                "`{secret}` becomes the variable {variable}, which service.environment sets"
            );
            Refusal::new(message, "one of the two")
        } else {
            continue;
        };
        scope.refuse(&[&["service", "secrets", &index.to_string()]], refusal);
    }
}
