use jiff::civil::date;

use super::*;

fn zone() -> TimeZone {
    TimeZone::get("America/Toronto").expect("is bundled")
}

fn rules(hours: &str, slot_minutes: u16) -> Rules {
    Rules::new(zone(), hours.parse().expect("good hours"), slot_minutes)
}

fn at(text: &str) -> Zoned {
    let civil: DateTime = text.parse().expect("a date and a time");
    civil.to_zoned(zone()).expect("exists")
}

fn times(slots: impl IntoIterator<Item = Zoned>) -> String {
    let all: Vec<String> = slots
        .into_iter()
        .map(|slot| slot.strftime("%m-%d %H:%M").to_string())
        .collect();
    all.join(", ")
}

const MONDAY: &str = "2026-03-09T10:00";

#[test]
fn a_moment_is_checked() {
    let rules = rules("mon-thu 09:00-12:00,13:00-17:00; fri 09:00-17:00", 30);
    let now = at(MONDAY);
    let table = [
        ("2026-03-10T14:00", Ok(())),
        ("2026-03-10T09:00", Ok(())),
        ("2026-03-10T16:30", Ok(())),
        ("2026-03-10T11:30", Ok(())),
        ("2026-03-09T10:30", Ok(())),
        ("2026-03-10T17:00", Err(Refusal::OutsideHours)),
        ("2026-03-10T16:45", Err(Refusal::OutsideHours)),
        ("2026-03-10T08:59", Err(Refusal::OutsideHours)),
        ("2026-03-10T12:00", Err(Refusal::OutsideHours)),
        ("2026-03-13T12:00", Ok(())),
        ("2026-03-10T14:10", Err(Refusal::BesideGrid)),
        ("2026-03-10T14:15", Err(Refusal::BesideGrid)),
        ("2026-03-10T14:00:01", Err(Refusal::BesideGrid)),
        ("2026-03-14T14:00", Err(Refusal::Closed(Weekday::Saturday))),
        ("2026-04-03T14:00", Err(Refusal::Holiday("Good Friday"))),
        ("2026-03-09T10:00", Err(Refusal::Past)),
        ("2026-03-09T09:30", Err(Refusal::Past)),
        ("2026-03-06T14:00", Err(Refusal::Past)),
        ("2026-09-04T14:00", Ok(())),
        (
            "2026-09-08T14:00",
            Err(Refusal::TooFar {
                last: date(2026, 9, 5),
            }),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(rules.check(&at(text), &now), expected, "{text}");
    }
    assert_eq!(
        rules.check(&at("2026-03-09T10:30"), &at("2026-03-09T10:01")),
        Err(Refusal::TooSoon)
    );
}

#[test]
fn a_moment_in_another_zone_is_the_same_moment() {
    let rules = rules("mon-fri 09:00-17:00", 30);
    let vancouver = TimeZone::get("America/Vancouver").expect("is bundled");
    let start = at("2026-03-10T09:00").with_time_zone(vancouver.clone());
    let now = at(MONDAY).with_time_zone(vancouver);
    assert_eq!(rules.check(&start, &now), Ok(()));
}

#[test]
fn the_last_slot_leaves_room_for_a_whole_one() {
    let rules = rules("mon 09:00-10:10,11:00-12:00", 25);
    assert_eq!(
        times(rules.slots(date(2026, 3, 9))),
        "03-09 09:00, 03-09 09:25, 03-09 11:00, 03-09 11:25"
    );
    assert_eq!(times(rules.slots(date(2026, 3, 10))), "");
    assert_eq!(times(rules.slots(date(2026, 5, 18))), "", "Victoria Day");
}

#[test]
fn clocks_that_change_leave_slots_that_exist_once() {
    let rules = rules("sun 00:00-24:00", 60);
    let spring = rules.slots(date(2026, 3, 8));
    assert_eq!(spring.len(), 23);
    assert!(!times(spring).contains("02:00"));
    let autumn = rules.slots(date(2026, 11, 1));
    assert_eq!(autumn.len(), 24);
    assert_eq!(
        autumn[1].strftime("%H:%M %:z").to_string(),
        "01:00 -04:00",
        "the first of two"
    );
    assert!(autumn.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn every_slot_passes_the_check_and_nothing_else_does() {
    let rules = rules("mon-thu 09:00-12:00,13:00-18:00; sat 10:00-14:00", 45);
    let now = at("2026-02-27T00:00");
    let mut day = now.date();
    for _ in 0..120 {
        let slots = rules.slots(day);
        let mut moment = at(&format!("{day}T00:00"));
        while moment.date() == day {
            let expected = slots.contains(&moment) && moment >= rules.earliest(&now);
            assert_eq!(rules.check(&moment, &now).is_ok(), expected, "{moment}");
            moment = moment.saturating_add(SignedDuration::from_mins(15));
        }
        day = day.tomorrow().expect("far from the end of time");
    }
}

#[test]
fn the_nearest_come_first() {
    let rules = rules("mon-fri 09:00-17:00", 30);
    let now = at(MONDAY);
    let table = [
        ("2026-03-10T14:00", "03-10 14:00, 03-10 13:30, 03-10 14:30"),
        ("2026-03-10T14:10", "03-10 14:00, 03-10 14:30, 03-10 13:30"),
        ("2026-03-10T14:15", "03-10 14:00, 03-10 14:30, 03-10 13:30"),
        ("2026-03-10T20:00", "03-10 16:30, 03-10 16:00, 03-10 15:30"),
        ("2026-03-14T12:00", "03-13 16:30, 03-13 16:00, 03-13 15:30"),
        ("2026-03-15T12:00", "03-16 09:00, 03-16 09:30, 03-16 10:00"),
        ("2026-03-01T12:00", "03-09 10:30, 03-09 11:00, 03-09 11:30"),
        ("2027-03-01T12:00", "09-04 16:30, 09-04 16:00, 09-04 15:30"),
    ];
    for (asked, expected) in table {
        assert_eq!(
            times(rules.nearest(&at(asked), &now).take(3)),
            expected,
            "{asked}"
        );
    }
}

#[test]
fn the_nearest_are_all_that_can_be_booked_each_once() {
    let rules = rules("mon-fri 09:00-17:00", 30);
    let now = at(MONDAY);
    let asked = at("2026-06-10T14:00");
    let found: Vec<Zoned> = rules.nearest(&asked, &now).collect();
    let mut sorted = found.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), found.len());
    let all: Vec<Zoned> = rules.within(&now, &at("2027-01-01T00:00"), &now).collect();
    assert_eq!(sorted, all);
    assert!(all.iter().all(|slot| rules.check(slot, &now).is_ok()));
    let distance = |slot: &Zoned| slot.duration_since(&asked).abs();
    assert!(
        found
            .windows(2)
            .all(|pair| distance(&pair[0]) <= distance(&pair[1]))
    );
}

#[test]
fn a_span_has_its_slots() {
    let rules = rules("mon-fri 09:00-17:00", 30);
    let now = at(MONDAY);
    let slots = |from: &str, to: &str| times(rules.within(&at(from), &at(to), &now));
    assert_eq!(
        slots("2026-03-13T14:00", "2026-03-13T15:00"),
        "03-13 14:00, 03-13 14:30"
    );
    assert_eq!(
        slots("2026-03-13T16:10", "2026-03-16T09:30"),
        "03-13 16:30, 03-16 09:00"
    );
    assert_eq!(slots("2026-03-14T14:00", "2026-03-14T16:00"), "");
    assert_eq!(slots("2026-03-09T09:00", "2026-03-09T11:00"), "03-09 10:30");
}

#[test]
fn a_business_that_never_opens_offers_nothing() {
    let rules = rules("mon 09:00-09:20", 30);
    assert_eq!(
        times(rules.nearest(&at("2026-03-10T14:00"), &at(MONDAY))),
        ""
    );
}
