//! Roles and repositories, where the bare emulator departs from what AWS documents.

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
