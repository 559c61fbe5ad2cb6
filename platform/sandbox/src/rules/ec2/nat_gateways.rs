use std::collections::BTreeMap;

use hyper::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::store::Store;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};
use crate::temper::Wait;

pub(crate) static RULE: NatGateways = NatGateways;

pub(crate) struct NatGateways;

const NAME: &str = "nat-gateway-states";

/// Gateways by id.
type Nats = BTreeMap<String, Nat>;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Nat {
    subnet: String,
    allocation: String,
    public_ip: String,
    state: State,
    /// Code and message of what keeps it from working, found out while it is pending.
    failure: Option<(String, String)>,
    /// When a passing state ends; once it has been seen, if that is not said.
    #[serde(default)]
    until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    Pending,
    Available,
    Failed,
    Deleting,
    Deleted,
}

/// A gateway that has its address and its interface.
pub(in crate::rules) struct Standing {
    pub(in crate::rules) id: String,
    pub(in crate::rules) subnet: String,
    pub(in crate::rules) allocation: String,
}

/// The gateways that still have their address.
pub(in crate::rules) fn standing(store: &Store) -> Vec<Standing> {
    let nats: Nats = store.read(NAME);
    let is_standing =
        |nat: &Nat| nat.failure.is_none() && !matches!(nat.state, State::Failed | State::Deleted);
    nats.into_iter()
        .filter(|(_, nat)| is_standing(nat))
        .map(|(id, nat)| Standing {
            id,
            subnet: nat.subnet,
            allocation: nat.allocation,
        })
        .collect()
}

/// Whether there is a gateway of that id that is not deleted.
pub(in crate::rules) fn exists(store: &Store, id: &str) -> bool {
    let nats: Nats = store.read(NAME);
    nats.get(id).is_some_and(|nat| nat.state != State::Deleted)
}

impl Rule for NatGateways {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> About {
        About::fills(
            "A NAT gateway is pending before it is available or has failed, is deleting before it is deleted, and \
             has its elastic address meanwhile.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "CreateNatGateway",
            "DescribeNatGateways",
            "DeleteNatGateway",
        ];
        call.is("ec2", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.call.operation.as_str() {
                "CreateNatGateway" => create(&turn).await,
                "DeleteNatGateway" => delete(&turn).await,
                _ => describe(&turn).await,
            }
        })
    }
}

fn refuse(turn: &Turn<'_>, code: &str, message: &str) -> Answer {
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, message)
}

async fn create(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let (subnet, allocation) = (form.text("SubnetId"), form.text("AllocationId"));
    let answer = turn
        .ec2("DescribeSubnets", &[("SubnetId.1", subnet)])
        .await?;
    let document = xml::parse(&answer);
    let vpc = xml::find(document.root(), "vpcId").and_then(|node| node.text());
    let Some(vpc) = vpc else {
        let message = format!("The subnet ID '{subnet}' does not exist");
        return Ok(refuse(turn, "InvalidSubnetID.NotFound", &message));
    };
    let answer = turn
        .ec2("DescribeAddresses", &[("AllocationId.1", allocation)])
        .await?;
    let document = xml::parse(&answer);
    let public_ip = xml::find(document.root(), "publicIp").and_then(|node| node.text());
    let Some(public_ip) = public_ip else {
        let message = format!("The allocation ID '{allocation}' does not exist");
        return Ok(refuse(turn, "InvalidAllocationID.NotFound", &message));
    };
    let failure = failure(turn, vpc, allocation).await?;
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let id = xml::find(document.root(), "natGatewayId").and_then(|node| node.text());
    let nat = Nat {
        subnet: subnet.to_owned(),
        allocation: allocation.to_owned(),
        public_ip: public_ip.to_owned(),
        state: State::Pending,
        failure,
        until: turn.temper.until(Wait::NatCreate, allocation),
    };
    let id = id.unwrap_or_default().to_owned();
    // Should it not be saved, it is seen as the emulator has it.
    let _ = turn
        .store
        .change(NAME, |nats: &mut Nats| nats.insert(id, nat.clone()));
    let mut edits = Edits::default();
    if let Some(gateway) = xml::find(document.root(), "natGateway") {
        show(&mut edits, &source, gateway, &nat);
    }
    Ok(answer.with_body(edits.apply(&source)))
}

/// What AWS finds out after it has taken the call ("Troubleshoot NAT gateways" in the VPC user guide).
async fn failure(
    turn: &Turn<'_>,
    vpc: &str,
    allocation: &str,
) -> Result<Option<(String, String)>, NoAnswer> {
    let other = standing(turn.store)
        .into_iter()
        .find(|nat| nat.allocation == allocation);
    if let Some(other) = other {
        let message = format!(
            "Elastic IP address {allocation} is already associated with {}",
            other.id
        );
        return Ok(Some(("Resource.AlreadyAssociated".to_owned(), message)));
    }
    let answer = turn.ec2("DescribeInternetGateways", &[]).await?;
    let document = xml::parse(&answer);
    let is_attached = document
        .descendants()
        .any(|node| node.tag_name().name() == "vpcId" && node.text() == Some(vpc));
    let message = format!("Network {vpc} has no Internet gateway attached");
    Ok((!is_attached).then(|| ("Gateway.NotAttached".to_owned(), message)))
}

async fn delete(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let id = form.text("NatGatewayId");
    if !exists(turn.store, id) {
        let message = format!("The Nat Gateway {id} was not found");
        return Ok(refuse(turn, "NatGatewayNotFound", &message));
    }
    let answer = turn.pass().await?;
    if answer.status.is_success() {
        // Should it not be saved, it stays until the next delete.
        let until = turn.temper.until(Wait::NatDelete, id);
        let _ = turn.store.change(NAME, |nats: &mut Nats| {
            if let Some(nat) = nats.get_mut(id) {
                nat.until = until;
                nat.state = State::Deleting;
            }
        });
    }
    Ok(answer)
}

async fn describe(turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    let filters = turn.form().filters();
    let ids = filters.iter().find(|(name, _)| name == "nat-gateway-id");
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut nats: Nats = turn.store.read(NAME);
    let mut passed = Vec::new();
    let now = turn.clock.now();
    let mut edits = Edits::default();
    for item in xml::items(document.root(), "natGatewaySet") {
        let id = xml::text(item, "natGatewayId");
        if ids.is_some_and(|(_, wanted)| !wanted.iter().any(|one| one == id)) {
            edits.remove(item);
        } else if let Some(nat) = nats.get_mut(id) {
            let over = nat.until.is_some_and(|until| until <= now);
            if over {
                passed.push((id.to_owned(), after(nat)));
                nat.state = after(nat);
            }
            show(&mut edits, &source, item, nat);
            let next = if nat.until.is_some() {
                nat.state
            } else {
                after(nat)
            };
            if next != nat.state {
                passed.push((id.to_owned(), next));
            }
        }
    }
    if !passed.is_empty() {
        // Should it not be saved, the passing state is seen once more.
        let _ = turn.store.change(NAME, |nats: &mut Nats| {
            for (id, next) in passed {
                if let Some(nat) = nats.get_mut(&id) {
                    nat.state = next;
                    nat.until = None;
                }
            }
        });
    }
    let body = edits.apply(&source);
    Ok(answer.with_body(body))
}

fn after(nat: &Nat) -> State {
    match (nat.state, &nat.failure) {
        (State::Pending, None) => State::Available,
        (State::Pending, Some(_)) => State::Failed,
        (State::Deleting, _) => State::Deleted,
        (state, _) => state,
    }
}

fn show(edits: &mut Edits, source: &str, gateway: roxmltree::Node<'_, '_>, nat: &Nat) {
    let state = match nat.state {
        State::Pending => "pending",
        State::Available => "available",
        State::Failed => "failed",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    };
    if let Some(element) = xml::child(gateway, "state") {
        edits.set_content(element, state);
    }
    if let Some(element) = xml::child(gateway, "natGatewayAddressSet") {
        let address = format!(
            "<item><allocationId>{}</allocationId><publicIp>{}</publicIp><isPrimary>true</isPrimary></item>",
            nat.allocation, nat.public_ip
        );
        edits.set_content(element, &address);
    }
    if let (State::Failed, Some((code, message))) = (nat.state, &nat.failure) {
        let why =
            format!("<failureCode>{code}</failureCode><failureMessage>{message}</failureMessage>");
        edits.append(source, gateway, &why);
    }
}
