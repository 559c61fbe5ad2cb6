use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-cache-node-type-refused",
    about: About::refuses(
        "A cache has an engine and a node type that ElastiCache offers: \"Supported node types\" in its user guide.",
    ),
    service: SERVICE,
    operations: &[
        "CreateCacheCluster",
        "CreateReplicationGroup",
        "CreateServerlessCache",
        "ModifyCacheCluster",
        "ModifyReplicationGroup",
    ],
    check,
};

const ENGINES: [&str; 3] = ["memcached", "redis", "valkey"];

const SMALL: &[&str] = &["micro", "small", "medium"];
const INTEL: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge",
];
const ARM: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
];
const TIERED: &[&str] = &["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"];
const NETWORK: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
];

const FAMILIES: &[(&str, &[&str])] = &[
    ("t2", SMALL),
    ("t3", SMALL),
    ("t4g", SMALL),
    ("m4", &["large", "xlarge", "2xlarge", "4xlarge", "10xlarge"]),
    ("m5", INTEL),
    ("m6g", ARM),
    ("m7g", ARM),
    (
        "r4",
        &[
            "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge",
        ],
    ),
    ("r5", INTEL),
    ("r6g", ARM),
    ("r6gd", TIERED),
    ("r7g", ARM),
    ("c7gn", NETWORK),
];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        if let Some(engine) = form.get("Engine")
            && !ENGINES.contains(&engine.to_ascii_lowercase().as_str())
        {
            return Ok(Some(Refused::new(
                "InvalidParameterValue",
                format!("Invalid cache engine: {engine}"),
            )));
        }
        let unknown = form.get("CacheNodeType").filter(|kind| !is_offered(kind));
        Ok(unknown.map(|kind| {
            Refused::new(
                "InvalidParameterValue",
                format!("Invalid Cache Node Type: {kind}"),
            )
        }))
    })
}

fn is_offered(kind: &str) -> bool {
    let mut parts = kind.splitn(3, '.');
    let (first, family, size) = (parts.next(), parts.next(), parts.next());
    first == Some("cache")
        && FAMILIES
            .iter()
            .any(|(name, sizes)| family == Some(name) && sizes.iter().any(|one| size == Some(one)))
}

#[cfg(test)]
mod tests {
    use super::is_offered;

    #[test]
    fn node_types() {
        for (kind, offered) in [
            ("cache.t4g.micro", true),
            ("cache.r7g.16xlarge", true),
            ("cache.t4g.large", false),
            ("cache.bogus", false),
            ("db.t4g.micro", false),
        ] {
            assert_eq!(is_offered(kind), offered, "{kind}");
        }
    }
}
