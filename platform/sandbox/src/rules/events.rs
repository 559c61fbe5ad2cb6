//! What a service's scheduler says beside the emulator: events that its answers show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Store;
use crate::home::short_hash;

/// The document in the store: events by the service's ARN, newest first.
const DOCUMENT: &str = "service-events";
/// ECS shows the last hundred.
const KEPT: usize = 100;

type Events = BTreeMap<String, Vec<Value>>;

/// Adds events to a service, the oldest first.
pub(crate) fn add(store: &Store, service: &str, texts: &[String]) {
    let at = Timestamp::now().as_duration().as_secs_f64();
    let add = |all: &mut Events| {
        let events = all.entry(service.to_owned()).or_default();
        for text in texts {
            let id = short_hash(&format!("{service} {at} {text}"));
            let event = json!({"id": id, "createdAt": at, "message": text});
            events.insert(0, event);
        }
        events.truncate(KEPT);
    };
    // An event that is not saved is only not shown.
    let _unsaved = store.change(DOCUMENT, add);
}

/// The emulator's events of a service with those added, newest first.
pub(crate) fn merge(store: &Store, service: &mut Value) {
    let arn = service["serviceArn"].as_str().unwrap_or_default();
    let mut own: Events = store.read(DOCUMENT);
    let Some(own) = own.remove(arn) else { return };
    let created = service["createdAt"].as_f64().unwrap_or_default();
    let at = |event: &Value| event["createdAt"].as_f64().unwrap_or_default();
    if let Some(events) = service["events"].as_array_mut() {
        // A service of that name may have been before.
        events.extend(own.into_iter().filter(|event| at(event) >= created));
        events.sort_by(|a, b| at(b).total_cmp(&at(a)));
        events.truncate(KEPT);
    }
}
