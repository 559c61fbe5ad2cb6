//! What the Resource Groups Tagging API answers over several services.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{done, network, started};

const TAGS: &str = "Tags.member.1.Key=stack&Tags.member.1.Value=one";

#[tokio::test]
async fn objects_of_every_service_are_found_by_their_tags() {
    let (_instance, aws) = started("tagging").await;
    let network = network(&aws).await;
    let fields = format!(
        "ResourceId.1={}&Tag.1.Key=stack&Tag.1.Value=one",
        network.vpc
    );
    done(&aws.ec2("CreateTags", &fields).await);
    let group = |name: &str| format!("Name={name}&Protocol=HTTP&Port=80&VpcId={}", network.vpc);
    let tagged = format!("{}&{TAGS}", group("one"));
    done(&aws.elb("CreateTargetGroup", &tagged).await);
    done(&aws.elb("CreateTargetGroup", &group("untagged")).await);
    for (operation, body) in [
        (
            "CreateCluster",
            json!({"clusterName": "one", "tags": [{"key": "stack", "value": "one"}]}),
        ),
        (
            "CreateCluster",
            json!({"clusterName": "two", "tags": [{"key": "stack", "value": "two"}]}),
        ),
    ] {
        assert_eq!(aws.ecs(operation, &body).await.0, StatusCode::OK);
    }
    for (name, stack) in [("one", "one"), ("two", "two")] {
        let body = json!({"logGroupName": name, "tags": {"stack": stack, "kept": "yes"}});
        let made = aws
            .json("logs", "Logs_20140328.CreateLogGroup", &body)
            .await;
        assert_eq!(made.0, StatusCode::OK);
    }
    let one = json!({"TagFilters": [{"Key": "stack", "Values": ["one"]}]});
    assert_eq!(
        types(&found(&aws, &one).await.0),
        [
            "ec2:vpc",
            "ecs:cluster",
            "elasticloadbalancing:targetgroup",
            "logs:log-group"
        ]
    );
    let both = json!({"TagFilters": [{"Key": "stack"}, {"Key": "kept"}]});
    assert_eq!(types(&found(&aws, &both).await.0), ["logs:log-group"; 2]);
    let typed = json!({"TagFilters": [{"Key": "stack"}], "ResourceTypeFilters": ["ecs:cluster"], "ResourcesPerPage": 1});
    let (first, next) = found(&aws, &typed).await;
    let mut second = typed;
    second["PaginationToken"] = json!(next);
    let (second, end) = found(&aws, &second).await;
    assert_eq!((first.len(), second.len(), end.as_str()), (1, 1, ""));
    assert_ne!(first, second);
    let (status, refused) = get(&aws, &json!({"ResourcesPerPage": 0})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused["__type"], "InvalidParameterException");
}

#[tokio::test]
async fn changed_tags_are_the_objects_own() {
    let (_instance, aws) = started("retagging").await;
    let network = network(&aws).await;
    let body = json!({"Name": "one", "SecretString": "x", "ClientRequestToken": "0".repeat(32)});
    let made = aws
        .json("secretsmanager", "secretsmanager.CreateSecret", &body)
        .await;
    let secret = made.1["ARN"].as_str().expect("an ARN").to_owned();
    let topic = aws.sns("CreateTopic", "Name=one").await;
    let topic = topic.text("TopicArn").expect("an ARN");
    let account = topic.split(':').nth(4).expect("an account");
    let vpc = format!("arn:aws:ec2:ca-central-1:{account}:vpc/{}", network.vpc);
    let gone = format!("arn:aws:logs:ca-central-1:{account}:log-group:none");
    let all = json!([secret, topic, vpc, gone]);
    let change = async |operation: &str, mut body: Value| {
        body["ResourceARNList"] = all.clone();
        let target = format!("ResourceGroupsTaggingAPI_20170126.{operation}");
        let (status, answer) = aws.json("tagging", &target, &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let failed = answer["FailedResourcesMap"].as_object().expect("a map");
        assert_eq!(failed.keys().collect::<Vec<_>>(), [&gone]);
    };
    let tagged = json!({"TagFilters": [{"Key": "via", "Values": ["here"]}]});
    change("TagResources", json!({"Tags": {"via": "here"}})).await;
    let described = json!({"SecretId": secret});
    let (_, described) = aws
        .json(
            "secretsmanager",
            "secretsmanager.DescribeSecret",
            &described,
        )
        .await;
    assert_eq!(described["Tags"], json!([{"Key": "via", "Value": "here"}]));
    let fields = format!("VpcId.1={}", network.vpc);
    let described = aws.ec2("DescribeVpcs", &fields).await;
    assert_eq!(described.text("key").as_deref(), Some("via"));
    assert_eq!(found(&aws, &tagged).await.0.len(), 3);
    change("UntagResources", json!({"TagKeys": ["via"]})).await;
    assert!(found(&aws, &tagged).await.0.is_empty());
}

async fn get(aws: &Aws, request: &Value) -> (StatusCode, Value) {
    let target = "ResourceGroupsTaggingAPI_20170126.GetResources";
    aws.json("tagging", target, request).await
}

/// The ARNs of a page, and the token of the next.
async fn found(aws: &Aws, request: &Value) -> (Vec<String>, String) {
    let (status, answer) = get(aws, request).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let objects = answer["ResourceTagMappingList"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let arns = objects.iter().map(|object| text(&object["ResourceARN"]));
    (arns.collect(), text(&answer["PaginationToken"]))
}

/// `service:type` of each ARN.
fn types(arns: &[String]) -> Vec<String> {
    let kind = |arn: &String| {
        let mut parts = arn.split(':');
        let service = parts.nth(2).unwrap_or_default();
        let resource = parts.nth(2).unwrap_or_default();
        let resource = resource.split('/').next().unwrap_or_default();
        format!("{service}:{resource}")
    };
    arns.iter().map(kind).collect()
}
