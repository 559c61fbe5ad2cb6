//! How the product of a row is found in the Price List.

/// Attributes that tell a row's product from others of its usage type, by the attributes' names.
pub(super) type Filters = Vec<(&'static str, &'static str)>;

/// Where a row's price is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// In the list, under its usage type and these.
    Listed(Filters),
    /// In no list; why.
    Unlisted(&'static str),
}

impl Which {
    /// Of the row with this service, usage type as a bill shows it, and tier.
    pub(super) fn of(service: &str, usage_type: &str, tier: &str) -> Self {
        if usage_type.contains("SpotUsage-") {
            return Self::Unlisted(
                "prices of Spot move, and the Price List has those on demand only",
            );
        }
        let ends = |end: &str| usage_type.ends_with(end);
        Self::Listed(match (service, tier) {
            ("AmazonRDS", "PostgreSQL") => vec![("databaseEngine", "PostgreSQL")],
            ("AmazonElastiCache", "Valkey") => vec![("cacheEngine", "Valkey")],
            ("AmazonElastiCache", "Redis OSS") => vec![("cacheEngine", "Redis")],
            // Network and gateway load balancers have the same usage types.
            ("AWSELB", _) => vec![("productFamily", "Load Balancer-Application")],
            ("AmazonEC2", _) => vec![("operation", "NatGateway")],
            ("AWSDataTransfer", _) if ends("Regional-Bytes") => {
                vec![("transferType", "IntraRegion")]
            }
            ("AWSDataTransfer", _) if ends("DataTransfer-Out-Bytes") => {
                vec![("transferType", "AWS Outbound")]
            }
            ("AmazonS3", _) if ends("TimedStorage-ByteHrs") => vec![("volumeType", "Standard")],
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Which;

    #[test]
    fn a_product_is_told_from_others_of_its_usage_type() {
        let spot = Which::of("AmazonECS", "CAN1-SpotUsage-Fargate-GB-Hours", "");
        assert!(matches!(spot, Which::Unlisted(_)), "{spot:?}");
        let listed = |service, usage, tier| Which::of(service, usage, tier);
        assert_eq!(
            listed("AmazonRDS", "CAN1-InstanceUsage:db.t4g.micro", "PostgreSQL"),
            Which::Listed(vec![("databaseEngine", "PostgreSQL")])
        );
        assert_eq!(
            listed("AmazonECS", "CAN1-Fargate-GB-Hours", ""),
            Which::Listed(Vec::new())
        );
    }
}
