use super::zones::zones;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "subnet-zone-of-region",
    about: About::refuses("A subnet is made in a zone of its region."),
    service: "ec2",
    operations: &["CreateSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (name, id) = (form.get("AvailabilityZone"), form.get("AvailabilityZoneId"));
        if name.is_none() && id.is_none() {
            return Ok(None);
        }
        let answer = turn.ec2("DescribeAvailabilityZones", &[]).await?;
        let zones = zones(&answer, turn.region());
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        let ids: Vec<&str> = zones.iter().map(|zone| zone.id.as_str()).collect();
        let refused = |parameter: &str, wanted: &str, known: &[&str]| {
            let known = known.join(", ");
            let message = format!(
                "Value ({wanted}) for parameter {parameter} is invalid. Subnets can currently only be created in the following availability zones: {known}."
            );
            Refused::new("InvalidParameterValue", message)
        };
        let by_name = name.filter(|name| !names.contains(name));
        let by_name = by_name.map(|name| refused("availabilityZone", name, &names));
        let by_id = id.filter(|id| !ids.contains(id));
        Ok(by_name.or_else(|| by_id.map(|id| refused("availabilityZoneId", id, &ids))))
    })
}
