//! Alarms among each other.

use super::Scope;
use crate::value::Refusal;

pub(super) fn check(scope: &mut Scope<'_>) {
    let alarms = &scope.stack.alarms;
    for (index, alarm) in alarms.iter().enumerate() {
        let item = index.to_string();
        if let Some(first) = alarms[..index]
            .iter()
            .position(|earlier| earlier.name == alarm.name)
        {
            let refusal = Refusal::new(
                format!("two alarms are called `{}`", alarm.name),
                "each name once",
            );
            scope.refuse(
                &[
                    &["alarms", &item, "name"],
                    &["alarms", &first.to_string(), "name"],
                ],
                refusal,
            );
        }
        // CloudWatch counts in periods of a minute; the longest span of periods it evaluates is a week.
        let seconds = alarm.lasting.seconds();
        if seconds % 60 != 0 || !(60..=604_800).contains(&seconds) {
            let refusal = Refusal::new(
                format!("{} is not a span CloudWatch can watch", alarm.lasting),
                "whole minutes, 1m to 7d",
            );
            scope.refuse(&[&["alarms", &item, "for"]], refusal);
        }
    }
}
