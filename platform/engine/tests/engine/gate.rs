//! What is judged again just before it is called.

use std::sync::Mutex;

use bella_engine::address::Address;
use bella_engine::gate::Gate;
use bella_engine::ledger::Event;
use bella_engine::progress::{Outcome, StepError};
use serde_json::{Value, json};

use crate::bed::{Bed, Ended, Setup};
use crate::fake::Woe;
use crate::plan::net;

/// Refuses one subnet and notes what it was asked about.
struct Guard {
    asked: Mutex<Vec<(String, Value)>>,
}

impl Gate for Guard {
    fn pass(&self, address: &Address, properties: &Value) -> Result<(), String> {
        let mut asked = self.asked.lock().expect("nobody panics here");
        asked.push((address.to_string(), properties.clone()));
        match address.to_string().as_str() {
            "subnet.a" => Err("not on this net".to_owned()),
            _ => Ok(()),
        }
    }
}

static GUARD: Guard = Guard {
    asked: Mutex::new(Vec::new()),
};

#[test]
fn a_step_that_the_gate_refuses_calls_nothing_and_stops_its_branch() {
    let bed = Bed::new(Setup {
        gate: &GUARD,
        ..Setup::default()
    });
    let wanted = net(&[(
        "store.main",
        json!({"subnet": "${subnet.a.id}", "engine": "pg", "size": 1}),
    )]);
    let ended = bed.drive(bed.run(&wanted, Woe::Nothing));
    let Ended::Ran(ran) = ended else {
        panic!("{ended:?}");
    };
    let outcome = |wanted: &str| {
        let mut steps = ran.1.steps.iter();
        let step = steps.find(|(address, _, _)| address.to_string() == wanted);
        step.expect("every node has a step").2.clone()
    };
    assert!(matches!(outcome("net.main"), Outcome::Done(_)));
    let why = "not on this net".to_owned();
    assert_eq!(
        outcome("subnet.a"),
        Outcome::Failed(StepError::Denied { why })
    );
    assert_eq!(
        outcome("store.main"),
        Outcome::Skipped("subnet.a failed".to_owned())
    );
    assert_eq!(bed.fake.world().truth().len(), 1, "only the net was made");

    let asked = GUARD.asked.lock().expect("nobody panics here");
    let subnet = asked.iter().find(|(address, _)| address == "subnet.a");
    let (_, properties) = subnet.expect("it was asked about");
    assert_eq!(properties["net"], "net-1", "references are resolved");
    let announced = bed.ledger.entries();
    let announced = announced.iter().any(|entry| {
        matches!(&entry.event, Event::Intent { address, .. } if address.to_string() == "subnet.a")
    });
    assert!(!announced, "what is not called is not announced");
}
