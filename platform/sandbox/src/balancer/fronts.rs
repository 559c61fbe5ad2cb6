use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roxmltree::Document;
use tokio::time::Instant;

use crate::containers::Targets;
use crate::gateway::{Call, EmulatorClient};
use crate::place::Place;
use crate::rules::{Store, xml};

/// How long what was read of targets counts: a task that is deregistered drains for longer.
const FRESH: Duration = Duration::from_millis(300);
/// The rule's document in the store.
const DOCUMENT: &str = "load-balancers-served";

/// A balancer with the targets that it sends requests to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) name: String,
    created: String,
    pub(super) targets: Vec<SocketAddr>,
}

/// The balancers there are, read from the emulator when they are asked for.
#[derive(Debug)]
pub(super) struct Fronts {
    emulator: EmulatorClient,
    store: Arc<Store>,
    read: Mutex<Option<(Instant, Vec<Front>)>>,
}

impl Fronts {
    pub(super) fn new(emulator: EmulatorClient, store: Arc<Store>) -> Self {
        Self {
            emulator,
            store,
            read: Mutex::new(None),
        }
    }

    /// Notes where balancers are: listeners are made by a call that names the account and the region.
    pub(super) fn note(&self, call: &Call) {
        if !call.is("elasticloadbalancing", &["CreateListener"]) {
            return;
        }
        let place = Place {
            key: call.access_key.clone().unwrap_or_default(),
            region: call.region.clone().unwrap_or_default(),
        };
        let known: BTreeSet<Place> = self.store.read(DOCUMENT);
        if !known.contains(&place) {
            // What cannot be written down is noted again with the next listener.
            let _unsaved = self.store.change(DOCUMENT, |places: &mut BTreeSet<Place>| {
                places.insert(place)
            });
        }
    }

    /// Whether there may be a balancer at all.
    pub(super) fn any(&self) -> bool {
        !self.places().is_empty()
    }

    /// What is known of targets, where they are checked.
    pub(super) fn checks(&self) -> Option<&Targets> {
        Some(self.emulator.engine()?.targets())
    }

    /// Wherever a listener was ever made.
    pub(super) fn places(&self) -> BTreeSet<Place> {
        self.store.read(DOCUMENT)
    }

    /// The balancer that `host` names, else the newest with targets, else the newest.
    pub(super) async fn of(&self, host: &str, fresh: bool) -> Option<Front> {
        let mut fronts = self.all(fresh).await;
        fronts.sort_by(|a, b| {
            let rank = |front: &Front| (!front.targets.is_empty(), front.created.clone());
            rank(b).cmp(&rank(a))
        });
        let host = host.split(':').next().unwrap_or_default();
        let named = fronts
            .iter()
            .position(|front| front.name.eq_ignore_ascii_case(host));
        let first = named.or((!fronts.is_empty()).then_some(0))?;
        Some(fronts.swap_remove(first))
    }

    async fn all(&self, fresh: bool) -> Vec<Front> {
        let kept = self
            .read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((_, fronts)) = kept.filter(|(at, _)| !fresh && at.elapsed() < FRESH) {
            return fronts;
        }
        let mut fronts = Vec::new();
        for place in self.places() {
            fronts.extend(self.at(&place).await);
        }
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Instant::now(), fronts.clone()));
        fronts
    }

    async fn at(&self, place: &Place) -> Vec<Front> {
        let answer = self.ask(place, "DescribeLoadBalancers", &[]).await;
        let balancers = members(&answer, "LoadBalancers", |member| {
            let text = |name| {
                xml::find(member, name)
                    .and_then(|node| node.text())
                    .unwrap_or_default()
                    .to_owned()
            };
            (
                text("LoadBalancerArn"),
                text("DNSName"),
                text("CreatedTime"),
            )
        });
        let mut fronts = Vec::new();
        for (arn, name, created) in balancers {
            let listeners = self
                .ask(place, "DescribeListeners", &[("LoadBalancerArn", &arn)])
                .await;
            let group = first_group(&listeners);
            let targets = match group {
                Some(group) => self.targets(place, &group).await,
                None => Vec::new(),
            };
            fronts.push(Front {
                name,
                created,
                targets,
            });
        }
        fronts
    }

    async fn targets(&self, place: &Place, group: &str) -> Vec<SocketAddr> {
        let answer = self
            .ask(place, "DescribeTargetHealth", &[("TargetGroupArn", group)])
            .await;
        let registered = registered(&answer);
        match self.emulator.engine() {
            Some(engine) => {
                let is_task = |address| engine.task_at(address).is_some();
                let targets = engine.targets();
                targets.in_service(group, &registered, is_task)
            }
            None => registered,
        }
    }

    async fn ask(&self, place: &Place, action: &str, fields: &[(&str, &str)]) -> String {
        let answer = place.elb(&self.emulator, action, fields).await;
        answer.unwrap_or_default()
    }
}

/// The targets that a description names, of those that are addresses.
pub(super) fn registered(answer: &str) -> Vec<SocketAddr> {
    let found = members(answer, "TargetHealthDescriptions", |member| {
        let text = |name| {
            xml::find(member, name)
                .and_then(|node| node.text())
                .unwrap_or_default()
        };
        format!("{}:{}", text("Id"), text("Port")).parse().ok()
    });
    found.into_iter().flatten().collect()
}

/// What `read` makes of each member of a list.
pub(super) fn members<T>(text: &str, list: &str, read: impl Fn(xml::Node<'_, '_>) -> T) -> Vec<T> {
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let Some(list) = xml::find(document.root(), list) else {
        return Vec::new();
    };
    list.children()
        .filter(|node| node.tag_name().name() == "member")
        .map(read)
        .collect()
}

/// The target group that some listener forwards to.
fn first_group(listeners: &str) -> Option<String> {
    let document = Document::parse(listeners).ok()?;
    let group = xml::find(document.root(), "TargetGroupArn")?.text()?;
    Some(group.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{first_group, members};
    use crate::rules::xml;

    #[test]
    fn lists_are_read_by_their_members() {
        let text = "<R><L><member><A>1</A></member><member><A>2</A></member></L></R>";
        let read = members(text, "L", |member| {
            xml::find(member, "A")
                .and_then(|node| node.text())
                .map(str::to_owned)
        });
        assert_eq!(read, [Some("1".to_owned()), Some("2".to_owned())]);
        assert!(members("no XML", "L", |_| ()).is_empty());
        let listeners = "<R><Listeners><member><DefaultActions><member><Type>redirect</Type></member></DefaultActions></member><member><DefaultActions><member><TargetGroupArn>arn:1</TargetGroupArn></member></DefaultActions></member></Listeners></R>";
        assert_eq!(first_group(listeners).as_deref(), Some("arn:1"));
    }
}
