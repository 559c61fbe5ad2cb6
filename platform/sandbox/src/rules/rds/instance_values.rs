use super::{SERVICE, offers};
use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-with-unfit-values-refused",
    about: About::refuses(
        "An instance has an engine, a version and a class that RDS offers, a master user that the engine does not \
         keep for itself, a password of its alphabet, and backups for 35 days at most: the constraints of \
         `CreateDBInstance` in the API reference.",
    ),
    service: SERVICE,
    operations: &["CreateDBInstance", "ModifyDBInstance"],
    check,
};

const VALUE: &str = "InvalidParameterValue";
const COMBINATION: &str = "InvalidParameterCombination";

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move { Ok(fits(&turn.form(), turn.call.operation.starts_with("Create")).err()) })
}

fn fits(form: &Form, is_new: bool) -> Result<(), Refused> {
    if is_new {
        engine(form)?;
        user(form)?;
    }
    if let Some(class) = form.get("DBInstanceClass") {
        // Serverless instances belong to a cluster.
        let offered = class == "db.serverless" || offers::classes().any(|one| one == class);
        require(offered, VALUE, || {
            format!("Invalid DB Instance class: {class}")
        })?;
    }
    if let Some(password) = form.get("MasterUserPassword") {
        require(password.chars().count() >= 8, VALUE, || {
            "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.".to_owned()
        })?;
        let is_of_alphabet = |c: char| c.is_ascii_graphic() && !"/@\"".contains(c);
        require(password.chars().all(is_of_alphabet), VALUE, || {
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.".to_owned()
        })?;
    }
    if let Some(days) = form.get("BackupRetentionPeriod") {
        let is_offered = days.parse::<u32>().is_ok_and(|days| days <= 35);
        require(is_offered, VALUE, || {
            format!("Invalid backup retention period: {days}. The value must be between 0 and 35.")
        })?;
    }
    Ok(())
}

fn engine(form: &Form) -> Result<(), Refused> {
    let engine = form.text("Engine");
    require(offers::ENGINES.contains(&engine), VALUE, || {
        "Invalid DB engine".to_owned()
    })?;
    match form.get("EngineVersion") {
        Some(version) if engine == "postgres" => {
            require(offers::is_postgres(version), COMBINATION, || {
                format!("Cannot find version {version} for postgres")
            })
        }
        _ => Ok(()),
    }
}

fn user(form: &Form) -> Result<(), Refused> {
    let Some(user) = form.get("MasterUsername") else {
        return Ok(());
    };
    let starts = user.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = user.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    require(starts && fits, VALUE, || {
        "The parameter MasterUsername must begin with a letter and contain only alphanumeric characters or underscores.".to_owned()
    })?;
    let lower = user.to_ascii_lowercase();
    let kept = match form.text("Engine") {
        "postgres" | "aurora-postgresql" => {
            matches!(lower.as_str(), "admin" | "rdsadmin" | "public")
                || lower.starts_with("rds_")
                || lower.starts_with("pg_")
        }
        _ => lower == "rdsadmin",
    };
    require(!kept, VALUE, || {
        format!("MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    })
}

fn require(
    holds: bool,
    code: &'static str,
    message: impl FnOnce() -> String,
) -> Result<(), Refused> {
    if holds {
        Ok(())
    } else {
        Err(Refused::new(code, message()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, fits};

    #[test]
    fn one_unfit_value_is_enough() {
        let good = || {
            Form::default().with_all(&[
                ("Engine", "postgres"),
                ("EngineVersion", "16.4"),
                ("DBInstanceClass", "db.t4g.micro"),
                ("MasterUsername", "owner"),
                ("MasterUserPassword", "long-enough"),
                ("BackupRetentionPeriod", "35"),
            ])
        };
        assert_eq!(fits(&good(), true), Ok(()));
        for (name, value) in [
            ("Engine", "postgresql"),
            ("EngineVersion", "99.9"),
            ("DBInstanceClass", "db.t4g.nano"),
            ("MasterUsername", "admin"),
            ("MasterUsername", "1st"),
            ("MasterUserPassword", "short"),
            ("MasterUserPassword", "with/slash"),
            ("BackupRetentionPeriod", "36"),
        ] {
            assert!(
                fits(&good().with(name, value), true).is_err(),
                "{name} {value}"
            );
        }
    }
}
