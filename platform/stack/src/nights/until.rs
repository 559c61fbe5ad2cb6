//! Moments as people write them on a command line.

use crate::value::{Duration, Refusal, TimeOfDay};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

const ALLOWED: &str =
    "how long (4h, 2d), a time of day (22:00), a date (2027-03-14) or both (2027-03-14T22:00)";
/// Whoever wants a longer rest or run changes the stack file.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The moment that `text` names, seen at `now` on the clock of `zone`, in whole seconds.
///
/// A length of time counts from now; a time of day is the next one; a date begins at its midnight; a text with an offset or `Z` is taken
/// as it is.
///
/// # Errors
/// It is no moment, lies in the past, or more than a year ahead.
pub fn until(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Refusal> {
    let refusal = |why: &str| Refusal::new(format!("`{text}` {why}"), ALLOWED);
    let moment = read(text.trim(), now, zone).ok_or_else(|| refusal("is no moment"))?;
    let moment = Timestamp::from_second(moment.as_second()).unwrap_or(moment);
    match moment.duration_since(now) {
        left if left <= SignedDuration::ZERO => Err(refusal("is over")),
        left if left > LONGEST => Err(refusal("is more than a year ahead")),
        _ => Ok(moment),
    }
}

fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(length) = text.parse::<Duration>() {
        let seconds = i64::try_from(length.seconds()).ok()?;
        return now.checked_add(SignedDuration::from_secs(seconds)).ok();
    }
    let on_the_wall = |civil: DateTime| zone.to_ambiguous_timestamp(civil).compatible().ok();
    if let Ok(time) = text.parse::<TimeOfDay>() {
        let time = Time::new(time.hour().cast_signed(), time.minute().cast_signed(), 0, 0).ok()?;
        let today = zone.to_datetime(now).date();
        let days = [Some(today), today.tomorrow().ok()];
        let moments = days
            .into_iter()
            .flatten()
            .filter_map(|day| on_the_wall(day.to_datetime(time)));
        return moments.into_iter().find(|moment| *moment > now);
    }
    if text.len() == "2027-03-14".len() {
        return on_the_wall(text.parse::<Date>().ok()?.to_datetime(Time::midnight()));
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(moment),
        Err(_) => on_the_wall(text.replace(' ', "T").parse().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::{TimeZone, until};

    #[test]
    fn people_write_moments_in_many_ways() {
        let zone = TimeZone::get("America/Toronto").expect("a zone");
        // 3 p.m. of a Friday there.
        let now = "2027-03-12T20:00:00.5Z".parse().expect("a moment");
        let cases = [
            ("4h", Ok("2027-03-13T00:00:00Z")),
            ("2d", Ok("2027-03-14T20:00:00Z")),
            ("22:00", Ok("2027-03-13T03:00:00Z")),
            ("15:00", Ok("2027-03-13T20:00:00Z")),
            // After the clock has changed.
            ("2027-03-15", Ok("2027-03-15T04:00:00Z")),
            ("2027-03-15T08:30", Ok("2027-03-15T12:30:00Z")),
            ("2027-03-15 08:30", Ok("2027-03-15T12:30:00Z")),
            ("2027-03-15T08:30:00Z", Ok("2027-03-15T08:30:00Z")),
            ("2027-03-15T08:30:00+01:00", Ok("2027-03-15T07:30:00Z")),
            ("0h", Err("`0h` is over")),
            ("2027-03-12", Err("`2027-03-12` is over")),
            ("2d12h", Err("`2d12h` is no moment")),
            ("tomorrow", Err("`tomorrow` is no moment")),
            ("2029-01-01", Err("`2029-01-01` is more than a year ahead")),
        ];
        for (text, expected) in cases {
            let seen = until(text, now, &zone);
            let seen = seen.map(|moment| moment.to_string());
            let seen = seen.as_deref().map_err(|refusal| refusal.message.as_str());
            assert_eq!(seen, expected, "{text}");
        }
    }
}
