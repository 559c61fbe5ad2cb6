use super::Finding;

/// Whether the account may use a region, by its opt-in status; nothing where AWS has no such region.
#[must_use]
pub fn region(region: &str, status: Option<&str>) -> Finding {
    match status {
        Some("opt-in-not-required" | "opted-in") => {
            Finding::well("region", format!("{region} is enabled"))
        }
        Some(_) => Finding::wrong(
            "region",
            format!("{region} is not enabled in this account"),
            format!("aws account enable-region --region-name {region}"),
        ),
        None => Finding::wrong(
            "region",
            format!("AWS has no region {region}"),
            "aws ec2 describe-regions --all-regions --query Regions[].RegionName",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::region;
    use crate::doctor::Verdict;

    #[test]
    fn a_region_is_there_and_enabled() {
        for (status, verdict) in [
            (Some("opt-in-not-required"), Verdict::Well),
            (Some("opted-in"), Verdict::Well),
            (Some("not-opted-in"), Verdict::Wrong),
            (None, Verdict::Wrong),
        ] {
            assert_eq!(region("ca-west-1", status).verdict, verdict);
        }
    }
}
