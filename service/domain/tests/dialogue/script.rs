//! Conversations as they are written down.
//!
//! `#` begins one. `given` sets the stage, `caller` and `office` act, `does` and `bella` are what comes of it:
//! everything that is done and every word that is said.

use bella_domain::booking::CallSid;
use bella_domain::dialogue::{Call, CallerId, Event, Reply, Then};

use crate::stage::{Stage, Stores, at};

fn play(script: &str) -> String {
    let mut stage = Stage::new();
    let mut call = stage.begin();
    let mut played = String::new();
    for line in script.lines() {
        let Some((who, what)) = line.split_once(": ").filter(|_| !line.starts_with('#')) else {
            played += &format!("{line}\n");
            continue;
        };
        match who {
            "given" => set(&mut stage, what),
            "caller" | "office" => {}
            _ => continue,
        }
        played += &format!("{line}\n");
        if who == "given" {
            continue;
        }
        let (next, reply) = stage.play(call.clone(), event(who, what, &stage, &call));
        call = next;
        for done in stage.done.drain(..) {
            played += &format!("does: {done}\n");
        }
        played += &format!("bella: {}\n", said(&reply));
    }
    played
}

fn set(stage: &mut Stage, what: &str) {
    let (what, value) = what.split_once(' ').unwrap_or((what, ""));
    match what {
        "from" => stage.from = CallerId::read(value),
        "now" => stage.now = at(value),
        "office" => stage.office = value == "open",
        "recognise" => stage.recognise = value == "on",
        "hours" => stage.rules.hours = value.parse().expect("good hours"),
        "known" => {
            let (name, next) = value
                .split_once(", next ")
                .map_or((value, None), |(name, next)| (name, Some(next)));
            stage.know(name, next);
        }
        "taken" => stage
            .taken
            .extend(value.split(", ").map(|start| at(start).timestamp())),
        "only" => {
            stage.take_all();
            stage.taken.remove(&at(value).timestamp());
        }
        "snatched" => stage.snatched.extend([at(value).timestamp()]),
        "vanished" => {
            if let Some(known) = &mut stage.known {
                known.next = None;
            }
        }
        "stores" => {
            stage.stores = match value {
                "well" => Stores::Well,
                "database away" => Stores::DatabaseAway,
                "both away" => Stores::BothAway,
                _ => panic!("no such stores: {value}"),
            }
        }
        _ => panic!("cannot be given: {what}"),
    }
}

fn event(who: &str, what: &str, stage: &Stage, call: &Call) -> Event {
    if who == "office" {
        return Event::DialEnded {
            answered: what == "(answers)",
        };
    }
    let heard = |text: &str, confidence| Event::Heard {
        text: text.to_owned(),
        confidence,
    };
    let Some(stage_direction) = what.strip_prefix('(') else {
        return heard(what, Some(0.9));
    };
    let (direction, rest) = stage_direction.split_once(')').expect("is closed");
    match direction.split_once(' ').unwrap_or((direction, "")) {
        ("calls", "") => Event::Answered {
            from: stage.from.clone(),
        },
        ("calls", "again") => {
            let sid = format!("{}x", call.sid());
            Event::Rejoined {
                call: CallSid::read(&sid).expect("an id"),
            }
        }
        ("silence", _) => Event::Silence,
        ("keys", keys) => Event::Digits(keys.to_owned()),
        ("mumbles", _) => heard(rest.trim(), Some(0.2)),
        _ => panic!("no such direction: {direction}"),
    }
}

fn said(reply: &Reply) -> String {
    assert!(!reply.lines.is_empty() && reply.lines.iter().all(|line| !line.trim().is_empty()));
    let then = match &reply.then {
        Then::Listen(expect) => format!("{expect:?}").to_lowercase(),
        Then::HangUp => "hangs up".to_owned(),
        Then::Dial(office) => format!("dials {}", office.e164()),
    };
    format!("{} [{then}]", reply.lines.join(" "))
}

#[test]
fn conversations_go_as_they_are_written_down() {
    let mut wrong = String::new();
    let mut count = 0;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conversations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("can be read").path())
        .collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("can be read");
        for script in text
            .split("\n\n")
            .filter(|script| !script.trim().is_empty())
        {
            count += 1;
            let script = format!("{}\n", script.trim());
            let played = play(&script);
            if played != script {
                wrong += &format!("{played}\n");
            }
        }
    }
    assert!(count > 100, "{count} conversations");
    assert!(wrong.is_empty(), "these went otherwise:\n\n{wrong}");
}
