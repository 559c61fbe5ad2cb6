//! A target's input, written as the service that it goes to reads it.

use serde_json::{Map, Value};

/// Members whose content is a map with keys of the caller's own.
const MAPS: [&str; 4] = ["DockerLabels", "DriverOpts", "Labels", "Options"];

/// With members that begin with a small letter.
pub(super) fn camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let inner = if MAPS.contains(&name.as_str()) {
                    value.clone()
                } else {
                    camel(value)
                };
                (first(name, char::to_ascii_lowercase), inner)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(camel).collect(),
        other => other.clone(),
    }
}

/// With another first letter.
pub(super) fn first(name: &str, change: fn(&char) -> char) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|letter| change(&letter))
        .into_iter()
        .chain(letters)
        .collect()
}

/// The fields of a form; `service` decides how lists are numbered.
pub(super) fn fields(service: &str, input: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in input.as_object().into_iter().flatten() {
        field(service, member(service, name), value, &mut found);
    }
    found
}

fn field(service: &str, name: String, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (inner, value) in members {
                let name = format!("{name}.{}", member(service, inner));
                field(service, name, value, found);
            }
        }
        Value::Array(values) => {
            let name = list(service, &name);
            for (number, value) in (1..).zip(values) {
                field(service, format!("{name}.{number}"), value, found);
            }
        }
        Value::String(text) => found.push((name, text.clone())),
        other => found.push((name, other.to_string())),
    }
}

/// The inputs of schedules say `Db` where RDS says `DB`.
fn member(service: &str, name: &str) -> String {
    match name.strip_prefix("Db") {
        Some(rest)
            if service == "rds" && rest.starts_with(|letter: char| letter.is_ascii_uppercase()) =>
        {
            format!("DB{rest}")
        }
        _ => name.to_owned(),
    }
}

/// How a service numbers a list: EC2 in the singular, RDS below the name of its members where it has one.
fn list(service: &str, name: &str) -> String {
    let (parent, own) = name.rsplit_once('.').unwrap_or(("", name));
    let own = match (service, own) {
        ("ec2", "Resources") => "ResourceId".to_owned(),
        ("ec2", _) => own.strip_suffix('s').unwrap_or(own).to_owned(),
        ("rds", "Tags") => "Tags.Tag".to_owned(),
        ("rds", "VpcSecurityGroupIds") => "VpcSecurityGroupIds.VpcSecurityGroupId".to_owned(),
        ("rds", "DBSecurityGroups") => "DBSecurityGroups.DBSecurityGroupName".to_owned(),
        ("rds", "SubnetIds") => "SubnetIds.SubnetIdentifier".to_owned(),
        ("rds", "Parameters") => "Parameters.Parameter".to_owned(),
        _ => format!("{own}.member"),
    };
    match parent {
        "" => own,
        parent => format!("{parent}.{own}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{camel, fields};

    #[test]
    fn json_begins_small_and_maps_stay() {
        let input = json!({
            "Cluster": "main", "DesiredCount": 0,
            "Overrides": {"ContainerOverrides": [{"Environment": [{"Name": "A", "Value": "B"}]}]},
            "DockerLabels": {"Owner": "one"},
        });
        assert_eq!(
            camel(&input),
            json!({
                "cluster": "main", "desiredCount": 0,
                "overrides": {"containerOverrides": [{"environment": [{"name": "A", "value": "B"}]}]},
                "dockerLabels": {"Owner": "one"},
            })
        );
    }

    #[test]
    fn forms_are_numbered_as_each_service_does() {
        let cases = [
            (
                "rds",
                json!({"DbInstanceIdentifier": "a", "ApplyImmediately": true}),
                "ApplyImmediately=true DBInstanceIdentifier=a",
            ),
            (
                "rds",
                json!({"VpcSecurityGroupIds": ["sg-1"]}),
                "VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1",
            ),
            (
                "ec2",
                json!({"InstanceIds": ["i-1", "i-2"]}),
                "InstanceId.1=i-1 InstanceId.2=i-2",
            ),
            (
                "sns",
                json!({"Tags": [{"Key": "a", "Value": "b"}]}),
                "Tags.member.1.Key=a Tags.member.1.Value=b",
            ),
        ];
        for (service, input, expected) in cases {
            let mut fields = fields(service, &input);
            fields.sort();
            let seen: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
            assert_eq!(seen.join(" "), expected, "{service}");
        }
    }
}
