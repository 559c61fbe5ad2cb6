//! Databases, caches and secrets, where the bare emulator departs from what AWS documents.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{Network, VIOLATION, done, network, refused, started};

const DATABASE: &str = "DBInstanceIdentifier=one&Engine=postgres&EngineVersion=16\
    &DBInstanceClass=db.t4g.micro&StorageType=gp3&DBName=app&MasterUsername=app\
    &DBSubnetGroupName=subnets&DBParameterGroupName=parameters";

/// The calls of RDS are refused, each with its code.
async fn refused_by_rds(aws: &Aws, cases: &[(&str, String, &str)]) {
    for (action, fields, code) in cases {
        let got = aws.rds(action, fields).await.error().1;
        assert_eq!(got, *code, "{action} {fields}");
    }
}

async fn secret(aws: &Aws, operation: &str, body: &Value) -> (StatusCode, Value) {
    let target = format!("secretsmanager.{operation}");
    aws.json("secretsmanager", &target, body).await
}

/// A security group and the groups of a database; the security group's id.
async fn groups(aws: &Aws, Network { vpc, subnets, .. }: &Network) -> String {
    let fields = format!("VpcId={vpc}&GroupName=data&GroupDescription=data");
    let group = aws
        .ec2_text("CreateSecurityGroup", &fields, "groupId")
        .await;
    let [one, two] = subnets;
    let subnets = format!(
        "DBSubnetGroupName=subnets&DBSubnetGroupDescription=x\
         &SubnetIds.SubnetIdentifier.1={one}&SubnetIds.SubnetIdentifier.2={two}"
    );
    done(&aws.rds("CreateDBSubnetGroup", &subnets).await);
    let parameters =
        "DBParameterGroupName=parameters&DBParameterGroupFamily=postgres16&Description=x";
    done(&aws.rds("CreateDBParameterGroup", parameters).await);
    let narrow = format!(
        "DBSubnetGroupName=narrow&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1={one}"
    );
    refused_by_rds(
        aws,
        &[
            ("CreateDBSubnetGroup", subnets, "DBSubnetGroupAlreadyExists"),
            (
                "CreateDBSubnetGroup",
                narrow,
                "DBSubnetGroupDoesNotCoverEnoughAZs",
            ),
        ],
    )
    .await;
    group
}

#[tokio::test]
async fn databases() {
    let (_instance, aws) = started("databases").await;
    let network = network(&aws).await;
    let group = groups(&aws, &network).await;
    let database =
        |rest: &str| format!("{DATABASE}&VpcSecurityGroupIds.VpcSecurityGroupId.1={rest}");
    let managed = format!("{group}&ManageMasterUserPassword=true");
    refused_by_rds(
        &aws,
        &[
            (
                "CreateDBInstance",
                database("sg-0123456789abcdef0&AllocatedStorage=20&ManageMasterUserPassword=true"),
                "InvalidParameterValue",
            ),
            (
                "CreateDBInstance",
                database(&format!("{managed}&AllocatedStorage=19")),
                "InvalidParameterValue",
            ),
            (
                "CreateDBInstance",
                database(&format!("{group}&AllocatedStorage=20")),
                "InvalidParameterValue",
            ),
            (
                "CreateDBInstance",
                database(&format!("{managed}&AllocatedStorage=20"))
                    .replace("=subnets", "=no-such-group"),
                "DBSubnetGroupNotFoundFault",
            ),
        ],
    )
    .await;
    let made = database(&format!(
        "{managed}&AllocatedStorage=20&DeletionProtection=true"
    ));
    let made = aws.rds("CreateDBInstance", &made).await;
    done(&made);
    let password = made.text("SecretArn").expect("a secret of RDS's own");
    let body = json!({"SecretId": password});
    let (status, value) = secret(&aws, "GetSecretValue", &body).await;
    assert_eq!(status, StatusCode::OK, "{value}");
    let value: Value = serde_json::from_str(value["SecretString"].as_str().unwrap_or_default())
        .expect("user and password as JSON");
    assert_eq!(value["username"], "app");
    in_use(&aws, &network, &group).await;
    let gone = "DBInstanceIdentifier=one&FinalDBSnapshotIdentifier=last";
    done(&aws.rds("DeleteDBInstance", gone).await);
    let (status, _) = secret(&aws, "DescribeSecret", &body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "it goes with its database");
    done(
        &aws.rds("DeleteDBSubnetGroup", "DBSubnetGroupName=subnets")
            .await,
    );
}

/// What a protected database holds on to, and how it may not change and go; ends unprotected.
async fn in_use(aws: &Aws, network: &Network, group: &str) {
    let one = "DBInstanceIdentifier=one";
    let skip = format!("{one}&SkipFinalSnapshot=true");
    refused_by_rds(
        aws,
        &[
            ("DeleteDBInstance", skip, "InvalidParameterCombination"),
            (
                "DeleteDBSubnetGroup",
                "DBSubnetGroupName=subnets".into(),
                "InvalidDBSubnetGroupStateFault",
            ),
            (
                "DeleteDBParameterGroup",
                "DBParameterGroupName=parameters".into(),
                "InvalidDBParameterGroupState",
            ),
            (
                "ModifyDBInstance",
                format!("{one}&AllocatedStorage=19"),
                "InvalidParameterCombination",
            ),
            (
                "ModifyDBInstance",
                format!("{one}&EngineVersion=17"),
                "InvalidParameterCombination",
            ),
            (
                "ModifyDBInstance",
                format!("{one}&EngineVersion=15&AllowMajorVersionUpgrade=true"),
                "InvalidParameterCombination",
            ),
        ],
    )
    .await;
    refused(
        aws,
        &[
            ("DeleteSecurityGroup", format!("GroupId={group}"), VIOLATION),
            (
                "DeleteSubnet",
                format!("SubnetId={}", network.subnets[0]),
                VIOLATION,
            ),
        ],
    )
    .await;
    let off = format!("{one}&DeletionProtection=false&ApplyImmediately=true");
    done(&aws.rds("ModifyDBInstance", &off).await);
    refused_by_rds(
        aws,
        &[(
            "DeleteDBInstance",
            one.into(),
            "InvalidParameterCombination",
        )],
    )
    .await;
}

#[tokio::test]
async fn caches() {
    let (_instance, aws) = started("caches").await;
    let network = network(&aws).await;
    let fields = format!("VpcId={}&GroupName=data&GroupDescription=data", network.vpc);
    let group = aws
        .ec2_text("CreateSecurityGroup", &fields, "groupId")
        .await;
    let [one, two] = &network.subnets;
    let subnets = format!(
        "CacheSubnetGroupName=subnets&CacheSubnetGroupDescription=x\
         &SubnetIds.SubnetIdentifier.1={one}&SubnetIds.SubnetIdentifier.2={two}"
    );
    done(&aws.elasticache("CreateCacheSubnetGroup", &subnets).await);
    let cache = |rest: &str| {
        format!(
            "ReplicationGroupId=one&ReplicationGroupDescription=x&Engine=valkey&EngineVersion=7.2\
             &CacheNodeType=cache.t4g.micro&Port=6380&CacheSubnetGroupName=subnets{rest}"
        )
    };
    let cases = [
        (
            "&NumCacheClusters=1&AutomaticFailoverEnabled=true",
            "InvalidParameterCombination",
        ),
        (
            "&NumCacheClusters=2&MultiAZEnabled=true",
            "InvalidParameterCombination",
        ),
        (
            "-of-others&NumCacheClusters=1",
            "CacheSubnetGroupNotFoundFault",
        ),
        (
            "&SecurityGroupIds.SecurityGroupId.1=sg-0123456789abcdef0",
            "InvalidParameterValue",
        ),
    ];
    for (rest, code) in cases {
        let answer = aws
            .elasticache("CreateReplicationGroup", &cache(rest))
            .await;
        assert_eq!(answer.error().1, code, "{rest}");
    }
    let made = cache(&format!(
        "&NumCacheClusters=2&AutomaticFailoverEnabled=true&SecurityGroupIds.SecurityGroupId.1={group}"
    ));
    done(&aws.elasticache("CreateReplicationGroup", &made).await);
    let changed = "ReplicationGroupId=one&EngineVersion=8.0&ApplyImmediately=true";
    done(&aws.elasticache("ModifyReplicationGroup", changed).await);
    let more = "ReplicationGroupId=one&NewReplicaCount=2&ApplyImmediately=true";
    done(&aws.elasticache("IncreaseReplicaCount", more).await);
    let shown = aws.elasticache("DescribeReplicationGroups", "").await;
    assert_eq!(shown.texts("ClusterId").len(), 3, "{shown:?}");
    assert!(shown.texts("Port").iter().all(|port| port == "6380"));
    let nodes = aws.elasticache("DescribeCacheClusters", "").await;
    assert!(
        nodes
            .texts("EngineVersion")
            .iter()
            .all(|version| version == "8.0")
    );
    let held = [("DeleteSecurityGroup", format!("GroupId={group}"), VIOLATION)];
    refused(&aws, &held).await;
    let gone = "ReplicationGroupId=one";
    done(&aws.elasticache("DeleteReplicationGroup", gone).await);
    done(
        &aws.ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
            .await,
    );
}

#[tokio::test]
async fn secrets_without_a_value_and_names_that_are_not_free() {
    let (_instance, aws) = started("secrets").await;
    let (name, id) = (json!({"Name": "app/key"}), json!({"SecretId": "app/key"}));
    let (status, made) = secret(&aws, "CreateSecret", &name).await;
    assert_eq!((status, &made["VersionId"]), (StatusCode::OK, &Value::Null));
    let (_, refused) = secret(&aws, "GetSecretValue", &id).await;
    assert_eq!(refused["__type"], "ResourceNotFoundException");
    let (_, shown) = secret(&aws, "DescribeSecret", &id).await;
    assert_eq!(shown["VersionIdsToStages"], Value::Null);
    let value = json!({"SecretId": "app/key", "SecretString": "s"});
    secret(&aws, "PutSecretValue", &value).await;
    let (_, read) = secret(&aws, "GetSecretValue", &id).await;
    assert_eq!(read["SecretString"], "s");
    let (_, shown) = secret(&aws, "DescribeSecret", &id).await;
    let stages = shown["VersionIdsToStages"].as_object();
    assert_eq!(stages.map(serde_json::Map::len), Some(1), "{shown}");
    secret(&aws, "DeleteSecret", &id).await;
    let (status, refused) = secret(&aws, "CreateSecret", &name).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused["__type"], "InvalidRequestException");
    secret(&aws, "RestoreSecret", &id).await;
    let (_, read) = secret(&aws, "GetSecretValue", &id).await;
    assert_eq!(read["SecretString"], "s", "what it held comes back");
}
