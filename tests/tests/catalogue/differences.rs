//! What moto does otherwise than AWS: one table, read by the test of every kind against it.

/// Something that moto 5.2.5 does otherwise than AWS.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The kind, or `census`.
    pub(crate) of: &'static str,
    /// One of them is in what a test says of it.
    pub(crate) words: &'static [&'static str],
    /// What moto does.
    pub(crate) moto: &'static str,
    /// What AWS does.
    pub(crate) aws: &'static str,
}

impl Difference {
    /// Whether `fault`, which begins with a kind, is this one.
    pub(crate) fn is_seen_in(&self, fault: &str) -> bool {
        let rest = fault.strip_prefix(self.of);
        rest.is_some_and(|rest| rest.starts_with(':'))
            && self.words.iter().any(|words| fault.contains(words))
    }
}

/// Every difference there is.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        of: "budget",
        words: &["ListTagsForResource"],
        moto: "has no ListTagsForResource of Budgets",
        aws: "answers with a budget's tags",
    },
    Difference {
        of: "cache_subnet_group",
        words: &["ModifyCacheSubnetGroup", "DeleteCacheSubnetGroup"],
        moto: "has neither ModifyCacheSubnetGroup nor DeleteCacheSubnetGroup",
        aws: "has both",
    },
    Difference {
        of: "census",
        words: &["cloudwatch:"],
        moto: "does not know CBOR, in which CloudWatch's current clients speak: the kinds' own listing stands in",
        aws: "speaks Smithy RPC v2 CBOR",
    },
    Difference {
        of: "composite_alarm",
        words: &["cloudwatch:"],
        moto: "does not know CBOR",
        aws: "speaks Smithy RPC v2 CBOR",
    },
    Difference {
        of: "dashboard",
        words: &["cloudwatch:"],
        moto: "does not know CBOR",
        aws: "speaks Smithy RPC v2 CBOR",
    },
    Difference {
        of: "db_parameter_group",
        words: &["ResetDBParameterGroup", "parameters.shared_buffers Drift"],
        moto: "has no ResetDBParameterGroup, so that a parameter never goes back to the engine's value",
        aws: "has it",
    },
    Difference {
        of: "db_subnet_group",
        words: &[
            "Create db_subnet_group.example Drift",
            "0 objects are db_subnet_group.example",
        ],
        moto: "loses the group by ModifyDBSubnetGroup",
        aws: "keeps it",
    },
    Difference {
        of: "ecr_repository",
        words: &["scan_on_push", "one change was expected: "],
        moto: "takes a scanning configuration without scanOnPush for none and keeps the one before",
        aws: "takes it for false, its default, which clients leave out",
    },
    Difference {
        of: "ecs_cluster",
        words: &["UpdateClusterSettings"],
        moto: "has no UpdateClusterSettings",
        aws: "has it",
    },
    Difference {
        of: "ecs_service",
        words: &["1 of 0 tasks running"],
        moto: "runs as many tasks as MOTO_ECS_SERVICE_RUNNING says, whatever is desired",
        aws: "runs as many as desired",
    },
    Difference {
        of: "listener_rule",
        words: &["the second plan is not empty: Create listener_rule"],
        moto: "shows no rules of listeners in the tagging service's GetResources",
        aws: "has them among what can be tagged (services that support the Resource Groups Tagging API)",
    },
    Difference {
        of: "metric_alarm",
        words: &["cloudwatch:"],
        moto: "does not know CBOR",
        aws: "speaks Smithy RPC v2 CBOR",
    },
    Difference {
        of: "nat_gateway",
        words: &["Resource.AlreadyAssociated"],
        moto: "keeps the address of a deleted gateway associated",
        aws: "disassociates it",
    },
    Difference {
        of: "replication_group",
        words: &["its nodes to become visible", "DeleteCacheSubnetGroup"],
        moto: "names a group's nodes and lists none of them",
        aws: "lists them by DescribeCacheClusters",
    },
    Difference {
        of: "s3_bucket",
        words: &["to become visible", "there was nothing to tear down"],
        moto: "ignores the tags in CreateBucketConfiguration, so that the bucket is nobody's",
        aws: "sets them with the create",
    },
    Difference {
        of: "security_group_rule",
        words: &["description"],
        moto: "ignores ModifySecurityGroupRules for a rule that names a group",
        aws: "changes its description",
    },
    Difference {
        of: "serverless_cache",
        words: &["DescribeServerlessCaches"],
        moto: "has no serverless caches",
        aws: "has them",
    },
    Difference {
        of: "sqs_queue",
        words: &["policy Drift: null"],
        moto: "removes the policy by any SetQueueAttributes that does not name it",
        aws: "changes what is named",
    },
    Difference {
        of: "vpc_endpoint",
        words: &["DescribeVpcEndpoints"],
        moto: "fails with the filter vpc-endpoint-id",
        aws: "has it",
    },
];
