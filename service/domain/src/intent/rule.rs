//! When the phrases of a wish hold, and when not.

use super::Intent;
use super::pattern::Said;
use super::phrases::*;

type Rule = fn(&Said<'_>) -> bool;

/// The first rule that holds decides.
pub(super) const RULES: [(Intent, Rule); 10] = [
    (Intent::Operator, |said| {
        said.is(ALL_OPERATOR) || said.has(OPERATOR)
    }),
    (Intent::CorrectNumber, correct_number),
    (Intent::CorrectName, |said| {
        said.is(ALL_CORRECT_NAME) || said.has(CORRECT_NAME)
    }),
    (Intent::Cancel, cancel),
    (Intent::Move, reschedule),
    (Intent::Hear, |said| said.is(ALL_HEAR) || said.has(HEAR)),
    (Intent::StartOver, |said| {
        said.is(ALL_START_OVER) || said.has(START_OVER)
    }),
    (Intent::Goodbye, goodbye),
    (Intent::Repeat, repeat),
    (Intent::Help, help),
];

fn correct_number(said: &Said<'_>) -> bool {
    (said.is(ALL_CORRECT_NUMBER) || said.has(CORRECT_NUMBER)) && !said.has(&["not wrong number"])
}

fn cancel(said: &Said<'_>) -> bool {
    let denied = said.denies(&[
        "cancel",
        "cancelling",
        "canceling",
        "delete",
        "cancellation",
        "drop",
        "remove",
        "scrap",
    ]);
    !denied && (said.is(ALL_CANCEL) || said.has(CANCEL))
}

fn reschedule(said: &Said<'_>) -> bool {
    let denied = said.denies(&[
        "move",
        "reschedule",
        "rescheduling",
        "change",
        "postpone",
        "push",
        "rebook",
        "shift",
        "switch",
        "moving",
        "changing",
        "delay",
    ]);
    // "I changed my mind" moves nothing.
    let mind = said.has(&["change|changed|changing my mind"]);
    !denied && !mind && (said.is(ALL_RESCHEDULE) || said.has(RESCHEDULE))
}

/// Not beside a number: "it's 416 555 1234, thanks, bye" answers the question at hand.
fn goodbye(said: &Said<'_>) -> bool {
    !said.has_digits() && (said.is(ALL_GOODBYE) || said.has(GOODBYE))
}

/// Not beside a time: "sorry, Tuesday at three" answers the question at hand.
fn repeat(said: &Said<'_>) -> bool {
    let asked_again =
        said.asked() && said.is(&["sorry", "hello", "again", "i am sorry", "so sorry"]);
    // The "one" in it is a number elsewhere.
    if said.has(&["one more time"]) || said.any(&["repeat"]) {
        return said.is(ALL_REPEAT) || said.has(REPEAT);
    }
    !said.names_a_time() && (asked_again || said.is(ALL_REPEAT) || said.has(REPEAT))
}

/// Not beside a time, nor with a booking asked for: "can you help me book an appointment".
fn help(said: &Said<'_>) -> bool {
    let books = said.any(&[
        "book",
        "booking",
        "make",
        "schedule",
        "appointment",
        "reserve",
        "get",
    ]);
    let asks_how = said.has(&["how do|does|can|should i|this|it"]);
    if said.names_a_time() || books && !asks_how {
        return false;
    }
    said.is(ALL_HELP) || said.has(HELP)
}
