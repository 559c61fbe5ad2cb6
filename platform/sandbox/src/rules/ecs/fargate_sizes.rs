use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "fargate-size-refused",
    about: About::refuses(
        "Fargate runs only certain pairs of CPU and memory, in network mode `awsvpc`.",
    ),
    service: "ecs",
    operations: &["RegisterTaskDefinition"],
    check,
};

/// CPU units, and smallest, largest and step of memory in MiB: "Task size" in the ECS developer guide.
const SIZES: [(u64, u64, u64, u64); 7] = [
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let fargate = array(&body["requiresCompatibilities"])
            .iter()
            .any(|c| c == "FARGATE");
        if !fargate {
            return Ok(None);
        }
        if body["networkMode"] != "awsvpc" {
            return Ok(Some(Refused::new(
                "ClientException",
                "Fargate only supports network mode 'awsvpc'.",
            )));
        }
        let runs = match (units(&body["cpu"]), units(&body["memory"])) {
            (Some(cpu), Some(memory)) => is_size(cpu, memory),
            // Written with a unit, as in "0.5 vCPU": the emulator's own check has to do.
            _ => !body["cpu"].is_null() && !body["memory"].is_null(),
        };
        Ok((!runs).then(|| {
            Refused::new(
                "ClientException",
                "No Fargate configuration exists for given values.",
            )
        }))
    })
}

fn units(value: &Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

fn is_size(cpu: u64, memory: u64) -> bool {
    // The smallest task steps 512, 1024, 2048: 1536 is not among them.
    SIZES.iter().any(|(units, least, most, step)| {
        *units == cpu && (*least..=*most).contains(&memory) && memory.is_multiple_of(*step)
    }) && (cpu, memory) != (256, 1536)
}

#[cfg(test)]
mod tests {
    use super::is_size;

    #[test]
    fn sizes() {
        let cases = [
            (256, 512, true),
            (256, 1536, false),
            (256, 2048, true),
            (512, 512, false),
            (512, 1024, true),
            (512, 1500, false),
            (4096, 30720, true),
            (8192, 20480, true),
            (8192, 17408, false),
            (300, 1024, false),
        ];
        for (cpu, memory, expected) in cases {
            assert_eq!(is_size(cpu, memory), expected, "{cpu} {memory}");
        }
    }
}
