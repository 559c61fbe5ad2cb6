//! Roles, repositories and quotas, where the bare emulator departs from what AWS documents.

use hyper::StatusCode;
use serde_json::json;

use crate::scene::{done, started};

#[tokio::test]
async fn roles_and_repositories() {
    let (_instance, aws) = started("roles").await;
    let create = |name: &str, trust: &str| {
        format!("RoleName={name}&Path=/bella/&Description=d&AssumeRolePolicyDocument={trust}")
    };
    let answer = aws.iam("CreateRole", &create("bad", "{}")).await;
    assert_eq!(answer.error().1, "MalformedPolicyDocument");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    for name in ["one", "two", "three"] {
        done(&aws.iam("CreateRole", &create(name, trust)).await);
    }
    done(&aws.iam("UpdateRole", "RoleName=one&Description=").await);
    let role = aws.iam("GetRole", "RoleName=one").await;
    assert_eq!(role.text("Description").unwrap_or_default(), "");

    let mut names = Vec::new();
    let mut marker = String::new();
    for _ in 0..2 {
        let page = format!("PathPrefix=/bella/&MaxItems=2{marker}");
        let page = aws.iam("ListRoles", &page).await;
        names.push(page.texts("RoleName"));
        let next = page.text("Marker").unwrap_or_default();
        marker = format!("&Marker={next}");
        assert_eq!(
            page.text("IsTruncated"),
            Some((!next.is_empty()).to_string())
        );
    }
    assert_eq!(names, [vec!["one", "two"], vec!["three"]]);

    aws.ecr("CreateRepository", &json!({"repositoryName": "r"}))
        .await;
    let policy = json!({"repositoryName": "r", "lifecyclePolicyText": "{\"rules\":[]}"});
    let (_, answer) = aws.ecr("PutLifecyclePolicy", &policy).await;
    assert_eq!(answer["__type"], "InvalidParameterException", "{answer}");
}

#[tokio::test]
async fn roles_are_assumed_and_policies_attached_only_if_they_are_there() {
    let (_instance, aws) = started("trust").await;
    let account = aws.sts("GetCallerIdentity", "").await;
    let account = account.text("Account").expect("an account");
    for (name, principal) in [
        (
            "service",
            r#"{"Service":"ecs-tasks.amazonaws.com"}"#.to_owned(),
        ),
        ("own", format!(r#"{{"AWS":"arn:aws:iam::{account}:root"}}"#)),
    ] {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
        );
        let fields = format!("RoleName={name}&AssumeRolePolicyDocument={trust}");
        done(&aws.iam("CreateRole", &fields).await);
    }
    let nobody = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:role/none"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let fields = format!("RoleName=own&PolicyDocument={nobody}");
    let refused = aws.iam("UpdateAssumeRolePolicy", &fields).await;
    assert_eq!(refused.error().1, "MalformedPolicyDocument");
    let assume = async |role: &str| {
        let fields = format!("RoleArn=arn:aws:iam::{account}:role/{role}&RoleSessionName=run");
        aws.sts("AssumeRole", &fields).await
    };
    for role in ["service", "none"] {
        let answer = assume(role).await;
        assert_eq!(answer.error(), (403, "AccessDenied".to_owned()), "{role}");
    }
    done(&assume("own").await);

    let attach = |policy: &str| format!("RoleName=own&PolicyArn=arn:aws:iam::{policy}");
    let none = aws
        .iam(
            "AttachRolePolicy",
            &attach(&format!("{account}:policy/none")),
        )
        .await;
    assert_eq!(none.error(), (404, "NoSuchEntity".to_owned()));
    let wrong = aws.iam("AttachRolePolicy", &attach("none")).await;
    assert_eq!(wrong.error().1, "InvalidInput");
    let managed = "aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    done(&aws.iam("AttachRolePolicy", &attach(managed)).await);

    let linked = "AWSServiceName=ecs.amazonaws.com";
    done(&aws.iam("CreateServiceLinkedRole", linked).await);
    let again = aws.iam("CreateServiceLinkedRole", linked).await;
    assert_eq!(again.error(), (400, "InvalidInput".to_owned()));
    let message = again.text("Message").unwrap_or_default();
    assert!(
        message.contains("AWSServiceRoleForECS has been taken"),
        "{message}"
    );
}

#[tokio::test]
async fn quotas_are_at_their_defaults() {
    let (_instance, aws) = started("quotas").await;
    let ask = async |operation: &str, service: &str, quota: &str| {
        let target = format!("ServiceQuotasV20190624.{operation}");
        let body = json!({"ServiceCode": service, "QuotaCode": quota});
        aws.json("servicequotas", &target, &body).await
    };
    let (_, found) = ask("GetServiceQuota", "vpc", "L-F678F1CE").await;
    assert_eq!(found["Quota"]["QuotaName"], "VPCs per Region");
    assert_eq!(found["Quota"]["Value"], 5.0);
    let (_, listed) = ask("ListServiceQuotas", "fargate", "").await;
    assert_eq!(listed["Quotas"].as_array().map(Vec::len), Some(2));
    for (service, quota) in [("vpc", "L-00000000"), ("none", "L-F678F1CE")] {
        let (status, refused) = ask("GetServiceQuota", service, quota).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(refused["__type"], "NoSuchResourceException");
    }
}
