use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roxmltree::Document;
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use super::host_rule::{HostRule, host_rules};
use crate::containers::Targets;
use crate::gateway::{Call, EmulatorClient};
use crate::place::Place;
use crate::rules::{Store, xml};

/// How long a listing of balancers and of what is registered counts. Which of it is healthy is asked anew for every request.
const FRESH: Duration = Duration::from_millis(300);
/// The rule's document in the store.
const DOCUMENT: &str = "load-balancers-served";
/// Most rules on a page (API reference of `DescribeRules`); a balancer has 100 at most unless AWS allows more.
const RULES: &str = "400";

/// A balancer, its first target group, and the rules of its listeners that go by the host.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    name: String,
    created: String,
    group: Option<String>,
    rules: Vec<HostRule>,
}

/// The balancers, and what is registered with each target group that one of them forwards to.
#[derive(Debug, Default)]
struct All {
    fronts: Vec<Listed>,
    registered: BTreeMap<String, Vec<SocketAddr>>,
}

impl All {
    fn named(&self, host: &str) -> Option<&Listed> {
        let is_named = |front: &&Listed| front.name.eq_ignore_ascii_case(host);
        self.fronts.iter().find(is_named)
    }

    /// The target group of the rule that a request with this host fits: the newest balancer's, where several have one.
    ///
    /// A balancer that the host names is asked through its own name, so that rules of others do not count.
    fn by_rule(&self, host: &str) -> Option<&str> {
        let mut asked: Vec<&Listed> = match self.named(host) {
            Some(front) => vec![front],
            None => self.fronts.iter().collect(),
        };
        asked.sort_by(|a, b| b.created.cmp(&a.created));
        let mut rules = asked.into_iter().flat_map(|front| &front.rules);
        let rule = rules.find(|rule| rule.fits(host))?;
        Some(&rule.group)
    }
}

/// A listing, and when it was begun.
#[derive(Debug, Clone)]
struct Listing {
    at: Instant,
    all: Arc<All>,
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

    /// Where requests go now: by the rule that `host` fits, else as the balancer that it names says, else as the newest with
    /// targets, else as the newest.
    ///
    /// `fresh` asks for what is registered now, whatever was read a moment ago.
    pub(super) async fn targets(&self, host: &str, fresh: bool) -> Option<Vec<SocketAddr>> {
        let all = self.listing(fresh).await;
        let host = host.split(':').next().unwrap_or_default();
        if let Some(group) = all.by_rule(host) {
            return Some(self.in_service(&all, Some(group)));
        }
        let of_front = |front: &Listed| self.in_service(&all, front.group.as_deref());
        if let Some(front) = all.named(host) {
            return Some(of_front(front));
        }
        let served = all.fronts.iter();
        let served = served.map(|front| (of_front(front), &front.created));
        let newest = served
            .max_by(|(a, first), (b, second)| (!a.is_empty(), first).cmp(&(!b.is_empty(), second)));
        newest.map(|(targets, _)| targets)
    }

    fn in_service(&self, all: &All, group: Option<&str>) -> Vec<SocketAddr> {
        let Some((group, registered)) = group.and_then(|group| all.registered.get_key_value(group))
        else {
            return Vec::new();
        };
        let Some(engine) = self.emulator.engine() else {
            return registered.clone();
        };
        let is_task = |address| engine.task_at(address).is_some();
        engine.targets().in_service(group, registered, is_task)
    }

    async fn listing(&self, fresh: bool) -> Arc<All> {
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
        let mut all = All::default();
        for place in self.places() {
            match (self.at(&place).await, &last) {
                (Some(here), _) => {
                    all.fronts.extend(here.fronts);
                    all.registered.extend(here.registered);
                }
                // The emulator gave no answer, which says nothing of what is registered.
                (None, Some(last)) => return Arc::clone(&last.all),
                (None, None) => {}
            }
        }
        let all = Arc::new(all);
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
    async fn at(&self, place: &Place) -> Option<All> {
        let answer = self.ask(place, "DescribeLoadBalancers", &[]).await?;
        let mut fronts = members(&answer, "LoadBalancers", |member| {
            let text = |name| xml::text(member, name).to_owned();
            let front = Listed {
                name: text("DNSName"),
                created: text("CreatedTime"),
                group: None,
                rules: Vec::new(),
            };
            (text("LoadBalancerArn"), front)
        });
        let mut registered_with = BTreeMap::new();
        for (arn, front) in &mut fronts {
            let fields = [("LoadBalancerArn", arn.as_str())];
            let listeners = self.ask(place, "DescribeListeners", &fields).await?;
            front.group = first_group(&listeners);
            let arns = members(&listeners, "Listeners", |listener| {
                xml::text(listener, "ListenerArn").to_owned()
            });
            for listener in arns {
                let fields = [("ListenerArn", listener.as_str()), ("PageSize", RULES)];
                let rules = self.ask(place, "DescribeRules", &fields).await?;
                front.rules.extend(host_rules(&rules));
            }
            let groups = front.rules.iter().map(|rule| &rule.group);
            for group in groups.chain(&front.group) {
                if registered_with.contains_key(group) {
                    continue;
                }
                let fields = [("TargetGroupArn", group.as_str())];
                let health = self.ask(place, "DescribeTargetHealth", &fields).await?;
                registered_with.insert(group.clone(), registered(&health));
            }
        }
        Some(All {
            fronts: fronts.into_iter().map(|(_, front)| front).collect(),
            registered: registered_with,
        })
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
    use super::{All, Listed, first_group, host_rules, members};
    use crate::rules::xml;

    fn front(name: &str, created: &str, host: &str, group: &str) -> Listed {
        let rules = host_rules(&format!(
            "<R><Rules><member><Priority>1</Priority><Conditions><member><Field>host-header</Field><Values><member>{host}</member></Values></member></Conditions><Actions><member><TargetGroupArn>{group}</TargetGroupArn></member></Actions></member></Rules></R>"
        ));
        Listed {
            name: name.to_owned(),
            created: created.to_owned(),
            group: None,
            rules,
        }
    }

    #[test]
    fn the_newest_balancers_rule_is_followed_and_a_named_balancers_own_only() {
        let all = All {
            fronts: vec![
                front("old.elb", "2026-01-01", "*.a.example", "old"),
                front("new.elb", "2026-01-02", "one.a.example", "new"),
                front("any.elb", "2025-01-01", "*.elb", "any"),
            ],
            ..All::default()
        };
        assert_eq!(all.by_rule("One.A.Example"), Some("new"));
        assert_eq!(all.by_rule("two.a.example"), Some("old"));
        assert_eq!(all.by_rule("a.example"), None);
        assert_eq!(all.by_rule("old.elb"), None);
        assert_eq!(all.by_rule("any.elb"), Some("any"));
        assert_eq!(
            all.named("OLD.elb").map(|front| &front.created[..]),
            Some("2026-01-01")
        );
    }

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
