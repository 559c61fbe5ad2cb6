use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// A subnet is made in a zone of its region.
pub(crate) static RULE: Refusal = Refusal {
    name: "subnet-zone-of-region",
    service: "ec2",
    operations: &["CreateSubnet"],
    check,
};

/// How a request names a zone, with the element and the parameter's name in the refusal.
const SPELLINGS: [(&str, &str, &str); 2] = [
    ("AvailabilityZone", "zoneName", "availabilityZone"),
    ("AvailabilityZoneId", "zoneId", "availabilityZoneId"),
];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        for (field, element, parameter) in SPELLINGS {
            let Some(wanted) = form.get(field) else {
                continue;
            };
            let answer = turn.ec2("DescribeAvailabilityZones", &[]).await?;
            let document = xml::parse(&answer);
            let zones: Vec<&str> = xml::items(document.root(), "availabilityZoneInfo")
                .into_iter()
                .map(|zone| xml::text(zone, element))
                .collect();
            if !zones.contains(&wanted) {
                let zones = zones.join(", ");
                let message = format!(
                    "Value ({wanted}) for parameter {parameter} is invalid. Subnets can currently only be created in the following availability zones: {zones}."
                );
                return Ok(Some(Refused::new("InvalidParameterValue", message)));
            }
        }
        Ok(None)
    })
}
