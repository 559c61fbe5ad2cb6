use std::net::SocketAddr;

use super::SERVICE;
use super::routing::routes;
use crate::containers::{Failure, Health, Target};
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "target-health-checked",
    about: About::corrects(
        "Targets that are tasks of the sandbox are asked by the group's health check, and are initial, healthy, \
         unhealthy, draining or unused with AWS's reasons; the emulator calls all healthy. Only where servers are real.",
    ),
    service: SERVICE,
    operations: &["DescribeTargetHealth"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Some(engine) = turn.engine() else {
            return Ok(answer);
        };
        let form = turn.form();
        let group = form.text("TargetGroupArn");
        let used = routes(turn).await?.iter().any(|r| r.target_group == group);
        let known = engine.targets().all();
        let of = |address: SocketAddr| known.get(&(group.to_owned(), address));
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for member in xml::items(document.root(), "TargetHealthDescriptions") {
            let text = |name| xml::find(member, name).and_then(|node| node.text());
            let address = format!(
                "{}:{}",
                text("Id").unwrap_or_default(),
                text("Port").unwrap_or_default()
            );
            let address: Option<SocketAddr> = address.parse().ok();
            let is_task = address.is_some_and(|at| engine.task_at(at.ip()).is_some());
            let told = match (used, address.and_then(of)) {
                (false, _) => unused(),
                (true, Some(target)) => state(target),
                (true, None) if is_task => registering(),
                (true, None) => continue,
            };
            if let Some(health) = xml::child(member, "TargetHealth") {
                edits.set_content(health, &told);
            }
            // The emulator's own, which AWS does not have.
            if let Some(status) = xml::child(member, "HealthStatus") {
                edits.remove(status);
            }
        }
        let asked = form.structures("Targets");
        let draining: String = known
            .iter()
            .filter(|((of, _), target)| of == group && target.gone.is_some())
            .filter(|((_, at), _)| {
                let is = |one: &crate::rules::Form| one.text("Id") == at.ip().to_string();
                asked.is_empty() || asked.iter().any(is)
            })
            .map(|((_, at), target)| described(*at, &state(target)))
            .collect();
        if let Some(list) = xml::find(document.root(), "TargetHealthDescriptions") {
            edits.append(&source, list, &draining);
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

fn described(at: SocketAddr, health: &str) -> String {
    format!(
        "<member><Target><Id>{}</Id><Port>{}</Port></Target><TargetHealth>{health}</TargetHealth></member>",
        at.ip(),
        at.port()
    )
}

fn state(target: &Target) -> String {
    if target.gone.is_some() {
        let words = "Target deregistration is in progress";
        return told("draining", "Target.DeregistrationInProgress", words);
    }
    match &target.health {
        Health::Registering => registering(),
        Health::Checking => {
            let words = "Initial health checks in progress";
            told("initial", "Elb.InitialHealthChecking", words)
        }
        Health::Healthy => "<State>healthy</State>".to_owned(),
        Health::Unhealthy(why) => unhealthy(*why),
    }
}

fn unhealthy(why: Failure) -> String {
    told("unhealthy", why.code(), &why.words())
}

fn registering() -> String {
    let words = "Target registration is in progress";
    told("initial", "Elb.RegistrationInProgress", words)
}

fn unused() -> String {
    let words = "Target group is not configured to receive traffic from the load balancer";
    told("unused", "Target.NotInUse", words)
}

fn told(state: &str, reason: &str, description: &str) -> String {
    format!(
        "<State>{state}</State><Reason>{reason}</Reason><Description>{description}</Description>"
    )
}
