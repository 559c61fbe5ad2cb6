//! Cron expressions as far as the blueprint writes them: a minute, hours, days of the week.

const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// The minutes of a week, Monday 00:00 being 0, at which it comes true.
pub(crate) fn minutes_of_week(expression: &str) -> Vec<usize> {
    let inner = expression
        .strip_prefix("cron(")
        .and_then(|rest| rest.strip_suffix(')'));
    let fields: Vec<&str> = inner.expect("a cron expression").split(' ').collect();
    let [minute, hours, "?", "*", days, "*"] = fields.as_slice() else {
        panic!("{expression} is not as the blueprint writes them");
    };
    let number = |text: &str| {
        text.parse::<usize>()
            .unwrap_or_else(|_| panic!("{text} of {expression}"))
    };
    let mut all = Vec::new();
    for day in days.split(',') {
        let day = DAYS.iter().position(|one| *one == day).expect("a day");
        for part in hours.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            for hour in number(first)..=number(last) {
                assert!(hour < 24, "{expression}");
                all.push(day * 1440 + hour * 60 + number(minute));
            }
        }
    }
    all
}
