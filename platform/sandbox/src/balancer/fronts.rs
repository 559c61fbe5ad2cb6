use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roxmltree::Document;
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use super::host_rules::HostRule;
use crate::containers::Targets;
use crate::gateway::{Call, EmulatorClient};
use crate::place::Place;
use crate::rules::{Store, xml};

/// How long a listing of balancers and of what is registered counts. Which of it is healthy is asked anew for every request.
const FRESH: Duration = Duration::from_millis(300);
/// The rule's document in the store.
const DOCUMENT: &str = "load-balancers-served";

/// A balancer, what is registered with its first target group, and with those that its rules send requests to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    name: String,
    created: String,
    group: Option<String>,
    registered: Vec<SocketAddr>,
    rules: Vec<HostRule>,
}

/// A listing, and when it was begun.
#[derive(Debug, Clone)]
struct Listing {
    at: Instant,
    all: Arc<[Listed]>,
}

/// The balancers there are, read from the emulator when they are asked for.
#[derive(Debug)]
pub(super) struct Fronts {
    emulator: EmulatorClient,
    store: Arc<Store>,
    read: Mutex<Option<Listing>>,
    /// Held by the request that reads for all.
    reading: Turn<()>,
}

impl Fronts {
    pub(super) fn new(emulator: EmulatorClient, store: Arc<Store>) -> Self {
        Self {
            emulator,
            store,
            read: Mutex::new(None),
            reading: Turn::new(()),
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

    /// Where requests go now: by the rule that is for `host`, else those of the balancer that it names, else of the newest with
    /// targets, else of the newest.
    ///
    /// `fresh` asks for what is registered now, whatever was read a moment ago.
    pub(super) async fn targets(&self, host: &str, fresh: bool) -> Option<Vec<SocketAddr>> {
        let listing = self.listing(fresh).await;
        let host = host.split(':').next().unwrap_or_default();
        let rules = listing.iter().flat_map(|front| &front.rules);
        if let Some(rule) = rules.into_iter().find(|rule| rule.is_for(host)) {
            return Some(self.in_service(Some(&rule.group), &rule.registered));
        }
        let named = listing
            .iter()
            .find(|front| front.name.eq_ignore_ascii_case(host));
        if let Some(front) = named {
            return Some(self.in_service(front.group.as_ref(), &front.registered));
        }
        let served = listing.iter().map(|front| {
            let targets = self.in_service(front.group.as_ref(), &front.registered);
            (targets, &front.created)
        });
        let newest = served
            .max_by(|(a, first), (b, second)| (!a.is_empty(), first).cmp(&(!b.is_empty(), second)));
        newest.map(|(targets, _)| targets)
    }

    fn in_service(&self, group: Option<&String>, registered: &[SocketAddr]) -> Vec<SocketAddr> {
        let (Some(engine), Some(group)) = (self.emulator.engine(), group) else {
            return registered.to_vec();
        };
        let is_task = |address| engine.task_at(address).is_some();
        engine.targets().in_service(group, registered, is_task)
    }

    async fn listing(&self, fresh: bool) -> Arc<[Listed]> {
        let asked = Instant::now();
        let last = self.last();
        if let Some(last) = &last
            && !fresh
            && last.at.elapsed() < FRESH
        {
            return Arc::clone(&last.all);
        }
        // One request reads for all; those that come meanwhile go by the listing before.
        let _turn = match (self.reading.try_lock(), last) {
            (Ok(turn), _) => turn,
            (Err(_), Some(last)) if !fresh => return last.all,
            (Err(_), _) => self.reading.lock().await,
        };
        let last = self.last();
        if let Some(last) = &last
            && (last.at >= asked || !fresh && last.at.elapsed() < FRESH)
        {
            return Arc::clone(&last.all);
        }
        let at = Instant::now();
        let mut all = Vec::new();
        for place in self.places() {
            match (self.at(&place).await, &last) {
                (Some(fronts), _) => all.extend(fronts),
                // The emulator gave no answer, which says nothing of what is registered.
                (None, Some(last)) => return Arc::clone(&last.all),
                (None, None) => {}
            }
        }
        let all: Arc<[Listed]> = all.into();
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Listing {
            at,
            all: Arc::clone(&all),
        });
        all
    }

    fn last(&self) -> Option<Listing> {
        let read = self.read.lock();
        read.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The balancers of a place; nothing when the emulator gives no answer.
    async fn at(&self, place: &Place) -> Option<Vec<Listed>> {
        let answer = self.ask(place, "DescribeLoadBalancers", &[]).await?;
        let mut fronts = members(&answer, "LoadBalancers", |member| {
            let text = |name| xml::text(member, name).to_owned();
            let front = Listed {
                name: text("DNSName"),
                created: text("CreatedTime"),
                group: None,
                registered: Vec::new(),
                rules: Vec::new(),
            };
            (text("LoadBalancerArn"), front)
        });
        for (arn, front) in &mut fronts {
            let fields = [("LoadBalancerArn", arn.as_str())];
            let listeners = self.ask(place, "DescribeListeners", &fields).await?;
            front.group = first_group(&listeners);
            if let Some(group) = &front.group {
                front.registered = self.registered(place, group).await?;
            }
            let arns = members(&listeners, "Listeners", |member| {
                xml::text(member, "ListenerArn").to_owned()
            });
            for listener in arns {
                let fields = [("ListenerArn", listener.as_str())];
                let rules = self.ask(place, "DescribeRules", &fields).await?;
                let rules = members(&rules, "Rules", HostRule::read);
                for mut rule in rules.into_iter().flatten() {
                    rule.registered = self.registered(place, &rule.group).await?;
                    front.rules.push(rule);
                }
            }
        }
        Some(fronts.into_iter().map(|(_, front)| front).collect())
    }

    async fn registered(&self, place: &Place, group: &str) -> Option<Vec<SocketAddr>> {
        let fields = [("TargetGroupArn", group)];
        let health = self.ask(place, "DescribeTargetHealth", &fields).await?;
        Some(registered(&health))
    }

    async fn ask(&self, place: &Place, action: &str, fields: &[(&str, &str)]) -> Option<String> {
        place.elb(&self.emulator, action, fields).await
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
