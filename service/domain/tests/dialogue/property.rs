//! What holds for any sequence of events, likely or not: 100,000 calls by a generator that always gives the same.

use bella_domain::answer::{self, Answer};
use bella_domain::booking::CallSid;
use bella_domain::dialogue::{
    Call, CallerId, Desk, Effect, Event, MAX_TURNS, Next, Outcome, Reply, Step, Then, step,
};
use bella_domain::phone::Mobile;
use bella_domain::prompts;
use bella_domain::rules::Rules;
use bella_domain::when::spoken;
use jiff::Zoned;

use crate::dice::Dice;
use crate::stage::{Stage, zone};

const CALLS: u64 = 100_000;

/// A call, and what has been said and done in it.
struct Watched {
    call: Call,
    said: Vec<String>,
    last: Option<Reply>,
    booked: bool,
}

impl Watched {
    fn webhook(&mut self, event: Event, desk: &Desk<'_>, dice: &mut Dice) {
        let before = self.call.clone();
        let agreed = agrees(&event);
        let first_silence = event == Event::Silence && before.turn() + 1 < MAX_TURNS;
        let rejoins = matches!(event, Event::Rejoined { .. });
        let mut event = event;
        for _ in 0..4 {
            let turn = step(self.call.clone(), event, desk);
            self.call = turn.call;
            match turn.next {
                Next::Do(effect) => {
                    self.watch(&effect, agreed);
                    let outcome = dice.outcome_of(&effect);
                    if matches!(effect, Effect::Book(_)) {
                        self.booked |= matches!(outcome, Outcome::Booked { .. } | Outcome::Queued);
                    }
                    event = Event::Outcome(outcome);
                }
                Next::Say(reply) => {
                    self.listen(&reply);
                    if before.ended().is_some() && !rejoins {
                        assert_eq!(self.call, before, "changed after the end");
                    }
                    let never_failed = self.said.len() < 2;
                    assert!(
                        !(first_silence && never_failed && matches!(reply.then, Then::Dial(_)))
                    );
                    self.last = Some(reply);
                    return;
                }
            }
        }
        panic!("more than three effects in a row");
    }

    fn listen(&mut self, reply: &Reply) {
        assert!(!reply.lines.is_empty());
        for line in &reply.lines {
            assert!(!line.trim().is_empty() && !line.contains('{'), "{line}");
        }
        assert_eq!(
            self.call.ended().is_none(),
            matches!(reply.then, Then::Listen(_))
        );
        assert!(self.call.turn() <= MAX_TURNS);
        self.said.push(reply.lines.join(" "));
    }

    /// What changes the appointment book was asked for in so many words, and agreed to.
    fn watch(&self, effect: &Effect, agreed: Agreed) {
        let question = self
            .last
            .as_ref()
            .and_then(|reply| reply.lines.last().cloned())
            .unwrap_or_default();
        match effect {
            Effect::LookUp { .. } | Effect::FindSlot { .. } => {}
            Effect::Book(booking) => {
                assert!(!self.booked, "booked twice");
                assert_eq!(agreed, Agreed::Yes);
                let time = spoken(&booking.start.to_zoned(zone()));
                let read_back =
                    prompts::READ_BACK.with(&[("name", booking.name.as_str()), ("time", &time)]);
                assert_eq!(question, read_back);
                let number = booking.mobile.spoken();
                let greeted = self.said.iter().any(|said| said.contains("Welcome back"));
                assert!(greeted || self.said.iter().any(|said| said.contains(&number)));
            }
            Effect::Move { to, .. } => {
                assert_ne!(agreed, Agreed::Not);
                assert_eq!(
                    question,
                    prompts::READ_BACK_MOVE.with(&[("time", &spoken(to))])
                );
            }
            Effect::Cancel { .. } => {
                assert_ne!(agreed, Agreed::Not);
                assert!(
                    question.starts_with("Should I cancel your appointment"),
                    "{question}"
                );
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreed {
    Yes,
    /// In the words of the question: "cancel it", "yes, move it".
    InItsWords,
    Not,
}

fn agrees(event: &Event) -> Agreed {
    match event {
        Event::Digits(digits) if digits.trim_matches('#') == "1" => Agreed::Yes,
        Event::Heard { text, .. } if answer::understand(text) == Answer::Yes => Agreed::Yes,
        Event::Heard { text, .. } if text.contains("cancel") || text.contains("move") => {
            Agreed::InItsWords
        }
        _ => Agreed::Not,
    }
}

fn watched(start: &Zoned) -> Watched {
    let sid = CallSid::read("CA1").expect("an id");
    Watched {
        call: Call::begin(sid, start.timestamp()),
        said: Vec::new(),
        last: None,
        booked: false,
    }
}

fn play(seeds: std::ops::Range<u64>) -> (u64, u64) {
    let stage = Stage::new();
    let rules: Rules = stage.rules;
    let office = Mobile::from_e164("+14165550199").expect("a number");
    let (mut booked, mut ended) = (0, 0);
    for seed in seeds {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let desk = Desk {
            now: stage.now.clone(),
            rules: &rules,
            transfer: (dice.roll(4) > 0).then(|| office.clone()),
            recognise_callers: dice.roll(3) > 0,
            test_data: false,
        };
        let mut watched = watched(&stage.now);
        if dice.roll(10) > 0 {
            let from = *dice.pick(&["+14165551234", "anonymous", "+442079460123"]);
            watched.webhook(
                Event::Answered {
                    from: CallerId::read(from),
                },
                &desk,
                &mut dice,
            );
        }
        for _ in 0..dice.roll(14) {
            let event = dice.event(watched.call.step());
            let rejoined =
                matches!(event, Event::Rejoined { .. }) && watched.call.ended().is_some();
            watched.webhook(event, &desk, &mut dice);
            if rejoined {
                watched.booked = false;
            }
        }
        booked += u64::from(watched.booked);
        // A caller who says nothing any more is let go within three answers.
        for _ in 0..3 {
            watched.webhook(Event::Silence, &desk, &mut dice);
        }
        assert!(
            watched.call.ended().is_some(),
            "still at {:?}",
            watched.call.step()
        );
        ended += 1;
    }
    (booked, ended)
}

#[test]
fn any_call_holds_what_is_promised() {
    let half = CALLS / 2;
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(move || play(0..half));
        let second = scope.spawn(move || play(half..CALLS));
        (first.join(), second.join())
    });
    let (first, second) = (first.expect("holds"), second.expect("holds"));
    assert_eq!(first.1 + second.1, CALLS);
    assert!(
        first.0 + second.0 > CALLS / 100,
        "hardly any call booked: nothing was tested"
    );
}

#[test]
fn a_caller_who_talks_and_never_answers_is_let_go() {
    let stage = Stage::new();
    let mut playing = stage.clone();
    let from = CallerId::read("+14165551234");
    let (mut call, _) = playing.play(stage.begin(), Event::Answered { from });
    let mut replies = 1;
    while call.ended().is_none() {
        let text = ["repeat", "help"][replies % 2].to_owned();
        (call, _) = playing.play(
            call,
            Event::Heard {
                text,
                confidence: None,
            },
        );
        replies += 1;
        assert!(replies <= 100, "goes on forever");
    }
    assert_eq!(call.turn(), MAX_TURNS);
    assert!(matches!(call.step(), Step::Ended(_)));
}

#[test]
fn nothing_personal_is_shown_for_debugging() {
    let mut stage = Stage::new();
    stage.know("Ann Smith", Some("2024-03-14T14:00"));
    let call = stage.begin();
    let from = CallerId::read("+14165551234");
    let (call, reply) = stage.play(call, Event::Answered { from });
    let text = "Zebulon Quux".to_owned();
    let heard = Event::Heard {
        text,
        confidence: None,
    };
    let shown = format!("{heard:?}");
    let (call, second) = stage.play(call, heard);
    let shown = format!(
        "{shown} {call:?} {reply:?} {second:?} {:?}",
        Event::Digits("4165551234".to_owned())
    );
    for personal in ["Ann", "Smith", "Zebulon", "Quux", "4165551"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[test]
fn a_session_of_another_shape_is_refused() {
    let call = Stage::new().begin();
    let json = serde_json::to_string(&call).expect("is JSON");
    assert!(serde_json::from_str::<Call>(&json).is_ok());
    let other = json.replace("\"version\":1", "\"version\":2");
    assert_ne!(other, json);
    assert!(serde_json::from_str::<Call>(&other).is_err());
}
