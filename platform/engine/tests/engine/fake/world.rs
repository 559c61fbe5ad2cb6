//! What exists in the fake cloud, and the rules every change of it obeys.

use std::collections::BTreeMap;
use std::time::Duration;

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Phase, Tags};
use jiff::Timestamp;
use serde_json::Value;

/// What the cloud knows of a kind.
pub(crate) struct Law {
    pub(crate) kind: &'static str,
    /// Properties that hold the id of another thing, or null.
    pub(crate) refers: &'static [&'static str],
    /// Properties that no two things may share.
    pub(crate) unique: &'static [&'static str],
    /// Time from made or changed to ready; meanwhile it cannot be changed or removed.
    pub(crate) settles: Duration,
    /// Time from removed to gone.
    pub(crate) leaves: Duration,
}

/// One thing.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) tags: Tags,
    pub(crate) props: Value,
    pub(crate) made: Timestamp,
    pub(crate) ready: Timestamp,
    pub(crate) failed: Option<String>,
    /// When it was told to leave, and when it will be gone.
    pub(crate) leaving: Option<(Timestamp, Timestamp)>,
}

/// Everything there is.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    /// How long a listing lags behind.
    pub(crate) lag: Duration,
    /// How often a removal was refused since something used the thing.
    pub(crate) in_use: usize,
    /// Looks at one thing, by kind.
    pub(crate) looks: BTreeMap<&'static str, usize>,
    things: BTreeMap<String, Thing>,
    gone: Vec<Thing>,
    serials: BTreeMap<String, u64>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: "2026-01-01T00:00:00Z".parse().expect("a valid time"),
            lag: Duration::ZERO,
            in_use: 0,
            looks: BTreeMap::new(),
            things: BTreeMap::new(),
            gone: Vec::new(),
            serials: BTreeMap::new(),
        }
    }

    pub(crate) fn pass_until(&mut self, now: Timestamp) {
        self.now = now;
        let due = |thing: &Thing| thing.leaving.is_some_and(|(_, gone)| gone <= now);
        let ids: Vec<String> = self
            .things
            .values()
            .filter(|t| due(t))
            .map(|t| t.id.clone())
            .collect();
        for id in ids {
            self.gone.extend(self.things.remove(&id));
        }
    }

    pub(crate) fn serial(&mut self, of: &str) -> u64 {
        let serial = self.serials.entry(of.to_owned()).or_default();
        *serial += 1;
        *serial
    }

    pub(crate) fn things(&self) -> impl Iterator<Item = &Thing> {
        self.things.values()
    }

    /// For meddling behind the tool's back.
    pub(crate) fn thing_mut(&mut self, address: &str) -> &mut Thing {
        let found = self.things.values_mut().find(|thing| {
            thing
                .tags
                .get("bella:address")
                .is_some_and(|is| is == address)
        });
        found.expect("a thing of that address")
    }

    /// Puts a second thing beside one, alike but for `id` and what `edit` changes.
    pub(crate) fn double(&mut self, address: &str, id: &str, edit: &Value) {
        let mut thing = self.thing_mut(address).clone();
        id.clone_into(&mut thing.id);
        if let (Some(have), Some(want)) = (thing.props.as_object_mut(), edit.as_object()) {
            have.extend(want.clone());
        }
        thing.made = self.now;
        self.things.insert(id.to_owned(), thing);
    }

    /// Takes a thing away at once, whoever uses it; its rules go with it.
    pub(crate) fn wipe(&mut self, address: &str) {
        let id = self.thing_mut(address).id.clone();
        self.things.retain(|_, thing| {
            thing.id != id && (thing.kind != "rule" || thing.props["net"] != *id)
        });
    }

    /// Makes a thing.
    pub(crate) fn make(
        &mut self,
        law: &Law,
        id: String,
        name: &str,
        tags: &Tags,
        props: Value,
    ) -> Result<String, CloudError> {
        self.check_references(law, &props)?;
        self.check_unique(law, &id, &props)?;
        let thing = Thing {
            kind: law.kind,
            id: id.clone(),
            name: name.to_owned(),
            tags: tags.clone(),
            props,
            made: self.now,
            ready: self.now + law.settles,
            failed: None,
            leaving: None,
        };
        self.things.insert(id.clone(), thing);
        Ok(id)
    }

    /// Sets properties of a thing.
    pub(crate) fn set(&mut self, law: &Law, id: &str, changes: &Value) -> Result<(), CloudError> {
        self.check_references(law, changes)?;
        let now = self.now;
        let thing = self.usable(law, id)?;
        if thing.ready > now {
            return Err(refusal(law, Fault::NotYet, format!("{id} is not ready")));
        }
        let (Some(have), Some(want)) = (thing.props.as_object_mut(), changes.as_object()) else {
            return Err(refusal(
                law,
                Fault::Rejected,
                "properties are objects".to_owned(),
            ));
        };
        have.extend(want.clone());
        thing.ready = now + law.settles;
        Ok(())
    }

    /// Sets and removes tags.
    pub(crate) fn tag(
        &mut self,
        law: &Law,
        id: &str,
        tags: &Tags,
        gone: &[String],
    ) -> Result<(), CloudError> {
        let thing = self.usable(law, id)?;
        thing.tags.extend(tags.clone());
        thing.tags.retain(|key, _| !gone.contains(key));
        Ok(())
    }

    /// Removes a thing.
    pub(crate) fn remove(&mut self, law: &Law, id: &str) -> Result<(), CloudError> {
        let now = self.now;
        let user = self.user_of(id);
        let thing = match self.things.get_mut(id) {
            None => return Err(refusal(law, Fault::NotFound, format!("no {id}"))),
            Some(thing) if thing.leaving.is_some() => return Ok(()),
            Some(thing) => thing,
        };
        if thing.props["protected"] == Value::Bool(true) {
            return Err(refusal(law, Fault::Rejected, format!("{id} is protected")));
        }
        if thing.ready > now {
            return Err(refusal(law, Fault::NotYet, format!("{id} is not ready")));
        }
        if let Some(user) = user {
            self.in_use += 1;
            return Err(refusal(law, Fault::InUse, format!("{user} uses {id}")));
        }
        thing.leaving = Some((now, now + law.leaves));
        self.pass_until(now);
        Ok(())
    }

    /// What a listing shows now, with the phase it shows.
    pub(crate) fn listed(&self) -> Vec<(&Thing, Phase)> {
        let lag = self.lag;
        let told = |at: Timestamp| at + lag <= self.now;
        let mut seen: Vec<(&Thing, Phase)> = Vec::new();
        for thing in self.things.values().filter(|thing| told(thing.made)) {
            let phase = match (&thing.failed, thing.leaving) {
                (_, Some((since, _))) if told(since) => Phase::Deleting,
                (Some(why), _) => Phase::Failed(why.clone()),
                (None, _) if thing.ready > self.now => Phase::Pending("settling".to_owned()),
                _ => Phase::Ready,
            };
            seen.push((thing, phase));
        }
        for thing in &self.gone {
            let Some((since, gone)) = thing.leaving else {
                continue;
            };
            if !told(gone) {
                let phase = if told(since) {
                    Phase::Deleting
                } else {
                    Phase::Ready
                };
                seen.push((thing, phase));
            }
        }
        seen
    }

    fn usable(&mut self, law: &Law, id: &str) -> Result<&mut Thing, CloudError> {
        match self.things.get_mut(id) {
            Some(thing) if thing.leaving.is_none() => Ok(thing),
            _ => Err(refusal(law, Fault::NotFound, format!("no {id}"))),
        }
    }

    fn user_of(&self, id: &str) -> Option<String> {
        let uses = |thing: &&Thing| {
            thing.id != id
                && super::kinds::refers(thing.kind)
                    .iter()
                    .any(|f| thing.props[*f] == id)
        };
        self.things
            .values()
            .find(uses)
            .map(|thing| thing.id.clone())
    }

    fn check_references(&self, law: &Law, props: &Value) -> Result<(), CloudError> {
        for field in law.refers {
            let Some(id) = props[*field].as_str() else {
                continue;
            };
            let there = self.things.get(id);
            if there.is_none_or(|thing| thing.leaving.is_some()) {
                return Err(refusal(law, Fault::Rejected, format!("{field}: no {id}")));
            }
        }
        Ok(())
    }

    fn check_unique(&self, law: &Law, id: &str, props: &Value) -> Result<(), CloudError> {
        if self.things.contains_key(id) {
            return Err(refusal(law, Fault::Exists, format!("{id} exists")));
        }
        let same = |thing: &&Thing| {
            thing.kind == law.kind && law.unique.iter().all(|f| thing.props[*f] == props[*f])
        };
        match self.things.values().find(same) {
            Some(other) if !law.unique.is_empty() => {
                let fault = if law.kind == "rule" {
                    Fault::Exists
                } else {
                    Fault::Rejected
                };
                Err(refusal(
                    law,
                    fault,
                    format!("{} has the same {:?}", other.id, law.unique),
                ))
            }
            _ => Ok(()),
        }
    }
}

fn refusal(law: &Law, fault: Fault, message: String) -> CloudError {
    CloudError::new(fault, "fake", law.kind, message)
}
