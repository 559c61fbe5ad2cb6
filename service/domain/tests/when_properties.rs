//! Dates and times as people say them: what holds for any words.

use bella_domain::when::{Clock, When, moment, short, spoken, understand, understood_value};
use jiff::civil::date;
use jiff::{ToSpan as _, Zoned};

/// A generator of the same numbers on every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).expect("a count");
        usize::try_from(self.next() % n).expect("less than a count")
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const WORDS: &str = "a an at about after afternoon again ago am a.m. and any around ate august before \
    between book boxing but by can christmas couple day december do don't early earlier easter eight \
    eighteenth end eve evening family february fifteen fifth first five for forty four fourteen friday \
    from good half hour hours hundred hi i in instead it its january last late later lunch make march may \
    maybe mean midday midnight minutes monday month months morning my new next nine night no noon not \
    nothing november now o'clock october of oh on one or our past p.m. pm please quarter rather same \
    saturday scratch second september seven sorry sunday ten that thanksgiving the then third thirtieth \
    thirty this thousand three thursday till time to today tomorrow tonight too tuesday twelve twentieth \
    twenty two until victoria wait wednesday week weekend weeks won work year years yesterday zero";
const DIGITS: [&str; 30] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "9",
    "10",
    "12",
    "15",
    "24",
    "25",
    "30",
    "31",
    "60",
    "99",
    "1430",
    "230",
    "2:30",
    "14:30",
    "25:00",
    "9.30",
    "12th",
    "31st",
    "2026-02-30",
    "2026-03-08",
    "10/12",
    "2/29",
    "9999-12-31",
    "99999999999999999999",
    "2-4",
];
const SIGNS: [&str; 8] = [" ", ", ", ". ", " - ", "? ", "... ", "’s ", "\u{a0}"];

fn phrase(numbers: &mut Numbers, words: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..=numbers.below(12) {
        match numbers.below(20) {
            0 => text.extend((0..numbers.below(6)).filter_map(|_| {
                char::from_u32(u32::try_from(numbers.next() % 0x11_0000).expect("below 2^32"))
            })),
            1..5 => text.push_str(numbers.pick(&DIGITS)),
            _ => text.push_str(numbers.pick(words)),
        }
        text.push_str(if numbers.below(4) == 0 {
            numbers.pick(&SIGNS)
        } else {
            " "
        });
    }
    text
}

/// Clocks at ordinary and at awkward moments, some with an anchor.
fn clocks() -> Vec<Clock> {
    [
        "2025-10-01T10:00:00[America/Edmonton]",
        "2026-03-07T23:59:59[America/Toronto]",
        "2026-03-08T01:59:30[America/Toronto]",
        "2026-11-01T01:30:00-04:00[America/Toronto]",
        "2028-02-29T12:34:56.789[America/St_Johns]",
        "2026-12-31T23:30:00[America/Vancouver]",
        "9999-12-28T12:00:00[America/Halifax]",
    ]
    .iter()
    .flat_map(|now| {
        let now: Zoned = now.parse().expect("a time in a zone");
        let anchor = now.checked_add(50.hours()).ok();
        [None, anchor].map(|anchor| Clock {
            now: now.clone(),
            anchor,
        })
    })
    .collect()
}

#[test]
fn any_words_give_nothing_that_is_past_and_never_panic() {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let clocks = clocks();
    let mut numbers = Numbers(20_251_001);
    let mut understood = 0_u32;
    for n in 0..100_000 {
        let text = phrase(&mut numbers, &words);
        let clock = &clocks[n % clocks.len()];
        let Ok(when) = understand(&text, clock) else {
            continue;
        };
        understood += 1;
        let ahead = match &when {
            When::Moment(m) => *m > clock.now,
            When::Window { from, to } => *from >= clock.now && to > from,
            When::Day(day) => *day >= clock.now.date(),
            When::Time(_) => true,
        };
        assert!(ahead, "{text:?} at {} is {when:?}", clock.now);
    }
    assert!(
        understood > 10_000,
        "the phrases mean something: {understood}"
    );
}

/// Every half hour of two years is understood as it is read back, a day, a month and most of a year
/// ahead; half hours that the clocks skip are refused.
#[test]
fn what_is_read_back_is_understood_again() {
    for zone in ["America/Edmonton", "America/St_Johns"] {
        let mut at = date(2026, 1, 1).at(0, 0, 0, 0);
        let end = date(2028, 1, 1).at(0, 0, 0, 0);
        let mut skipped = 0;
        while at < end {
            let midnight = at
                .date()
                .to_zoned(jiff::tz::TimeZone::get(zone).expect("a zone"));
            for days in [1, 30, 360] {
                let clock = Clock {
                    now: midnight
                        .as_ref()
                        .expect("a midnight")
                        .checked_sub(days.days())
                        .expect("a day"),
                    anchor: None,
                };
                match moment(at.date(), at.time(), &clock) {
                    Ok(m) => {
                        let said = spoken(&m);
                        assert_eq!(
                            understand(&said, &clock),
                            Ok(When::Moment(m)),
                            "{said:?} at {}",
                            clock.now
                        );
                    }
                    Err(why) => {
                        assert_eq!(why.reason, "the clocks skip that time");
                        skipped += 1;
                    }
                }
            }
            at = at.checked_add(30.minutes()).expect("a time");
        }
        assert_eq!(skipped, 2 * 2 * 3, "two half hours each spring in {zone}");
    }
}

#[test]
fn texts_are_written_in_letters_every_phone_has() {
    let m: Zoned = "2026-03-10T14:00[America/Toronto]".parse().expect("a time");
    assert_eq!(short(&m), "Tue Mar 10, 2:00 PM");
    assert_eq!(spoken(&m), "Tuesday, March 10th at 2:00 PM");
    for (day, said) in [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (31, "31st"),
    ] {
        let day = date(2026, 3, day);
        assert!(bella_domain::when::spoken_day(day).ends_with(&format!("March {said}")));
    }
    let mut at = m.clone();
    for _ in 0..(366 * 48) {
        let text = short(&at);
        assert!(
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || " ,:".contains(c)),
            "{text:?}"
        );
        at = at.checked_add(30.minutes()).expect("a time");
    }
}

#[test]
fn a_day_or_a_time_alone_gives_no_moment_and_says_what_is_missing() {
    let clock = &clocks()[0];
    for (text, reason) in [
        ("next Tuesday", "the time is missing"),
        ("at three", "the day is missing"),
    ] {
        let when = understand(text, clock).expect("half of a moment");
        assert_eq!(understood_value(&when, clock), None);
        let why = bella_domain::when::missing(&when).expect("a reason");
        assert_eq!(why.reason, reason);
    }
    let when = understand("Friday between 2 and 4", clock).expect("a window");
    let from = understood_value(&when, clock).expect("its beginning");
    assert_eq!(
        from.to_string(),
        "2025-10-03T14:00:00-06:00[America/Edmonton]"
    );
    assert_eq!(bella_domain::when::missing(&when), None);
}
