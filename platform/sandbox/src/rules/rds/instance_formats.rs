use super::SERVICE;
use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-with-unfit-settings-refused",
    about: About::refuses(
        "An instance's identifier, name, windows and zone are written and combined as `CreateDBInstance` in the API \
         reference says.",
    ),
    service: SERVICE,
    operations: &["CreateDBInstance", "ModifyDBInstance"],
    check,
};

const VALUE: &str = "InvalidParameterValue";
const COMBINATION: &str = "InvalidParameterCombination";
const DAY: u32 = 24 * 60;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let refused = combined(&form).or_else(|| match turn.call.operation.as_str() {
            "CreateDBInstance" => named(&form),
            _ => None,
        });
        Ok(refused)
    })
}

fn named(form: &Form) -> Option<Refused> {
    let id = form.text("DBInstanceIdentifier");
    let is_id = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.len() <= 63
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !id.contains("--")
        && !id.ends_with('-');
    if !is_id {
        return Some(Refused::new(
            VALUE,
            "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
        ));
    }
    let name = form
        .get("DBName")
        .filter(|_| form.text("Engine") == "postgres")?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.len() <= 63
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (!is_name).then(|| {
        Refused::new(
            VALUE,
            "DBName must begin with a letter and contain only alphanumeric characters.",
        )
    })
}

fn combined(form: &Form) -> Option<Refused> {
    if form.text("MultiAZ") == "true" && form.get("AvailabilityZone").is_some() {
        return Some(Refused::new(
            COMBINATION,
            "Requesting a specific availability zone is not valid for Multi-AZ instances.",
        ));
    }
    let watched = form
        .get("MonitoringInterval")
        .is_some_and(|seconds| seconds != "0");
    if watched && form.get("MonitoringRoleArn").is_none() {
        return Some(Refused::new(
            COMBINATION,
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
        ));
    }
    let backup = match form
        .get("PreferredBackupWindow")
        .map(|text| (text, times(text)))
    {
        None => None,
        Some((_, Some(window))) => Some(window),
        Some((text, None)) => {
            let message = format!(
                "Invalid backup window format: {text}. Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC). Example: 04:00-05:00"
            );
            return Some(Refused::new(VALUE, message));
        }
    };
    // `sun:06:00-sun:07:00`: the days do not matter to a window that comes daily.
    let upkeep = form
        .text("PreferredMaintenanceWindow")
        .split_once('-')
        .and_then(|(from, to)| {
            let time = |text: &str| text.split_once(':').and_then(|(_, time)| minutes(time));
            Some((time(from)?, time(to)?))
        });
    let (backup, upkeep) = (backup?, upkeep?);
    overlap(backup, upkeep).then(|| {
        Refused::new(
            VALUE,
            "The backup window and maintenance window must not overlap.",
        )
    })
}

fn times(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    Some((minutes(from)?, minutes(to)?))
}

/// Minutes since midnight.
fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, most: u32| {
        let number = text.parse::<u32>().ok()?;
        (text.len() == 2 && number <= most).then_some(number)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

/// Whether two windows of a day have a minute in common; either may pass midnight.
fn overlap(one: (u32, u32), other: (u32, u32)) -> bool {
    let length = |(from, to): (u32, u32)| (to + DAY - from) % DAY;
    let starts_in =
        |window: (u32, u32), start: u32| (start + DAY - window.0) % DAY < length(window);
    starts_in(one, other.0) || starts_in(other, one.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows() {
        for (backup, upkeep, fits) in [
            ("06:00-07:00", "sun:07:00-sun:08:00", true),
            ("06:00-07:00", "sun:06:30-sun:07:30", false),
            ("23:30-00:30", "mon:00:00-mon:01:00", false),
            ("23:30-00:30", "mon:00:30-mon:01:00", true),
            ("6-7", "mon:00:30-mon:01:00", false),
            ("24:00-24:30", "mon:00:30-mon:01:00", false),
        ] {
            let form = Form::default()
                .with("PreferredBackupWindow", backup)
                .with("PreferredMaintenanceWindow", upkeep);
            assert_eq!(combined(&form).is_none(), fits, "{backup} {upkeep}");
        }
    }

    #[test]
    fn names() {
        for (id, name, fits) in [
            ("main", "bella", true),
            ("1main", "bella", false),
            ("main--1", "bella", false),
            ("main-", "bella", false),
            ("main", "1bella", false),
            ("main", "bella-x", false),
        ] {
            let form = Form::default()
                .with("Engine", "postgres")
                .with("DBInstanceIdentifier", id)
                .with("DBName", name);
            assert_eq!(named(&form).is_none(), fits, "{id} {name}");
        }
    }
}
