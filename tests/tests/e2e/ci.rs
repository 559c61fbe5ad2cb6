//! The roles of a repository's workflows: what they trust, and that what they allow suffices.

use std::collections::BTreeSet;

use bella_tests::{Gateway, action_of_logged};
use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

const BOOTSTRAP: &str = "bootstrap --sandbox --region ca-central-1 --github bella-co/bella";
const PLAN: &str = "bella-ci-plan";
pub(crate) const DEPLOY: &str = "bella-ci-deploy";

/// Makes the roles.
pub(crate) fn bootstrap(bed: &Bed) {
    bed.bella(&format!("{BOOTSTRAP} --yes")).succeeds();
}

/// Every call after number `since` is one that the role allows by name.
#[track_caller]
pub(crate) fn suffices(cloud: &Cloud, role: &str, since: u64) {
    let (_, calls) = Gateway::at(&cloud.endpoint).calls(since);
    let allowed = allowed(cloud, role);
    // A registry is no API of AWS, and neither are the sandbox's own questions.
    let actions: BTreeSet<String> = calls
        .iter()
        .filter_map(|call| action_of_logged(&call.service, &call.operation))
        .collect();
    assert!(actions.len() > 20, "the log has {actions:?} only");
    let missing: Vec<&String> = actions.difference(&allowed).collect();
    assert!(missing.is_empty(), "{role} does not allow {missing:?}");
}

fn allowed(cloud: &Cloud, role: &str) -> BTreeSet<String> {
    let documents = documents(cloud, role);
    let statements = documents
        .iter()
        .flat_map(|one| one["Statement"].as_array().expect("statements"));
    let actions = statements.flat_map(|one| one["Action"].as_array().expect("actions"));
    actions
        .map(|one| one.as_str().expect("a text").to_owned())
        .collect()
}

/// The documents of a role's managed policies, as IAM answers.
fn documents(cloud: &Cloud, role: &str) -> Vec<Value> {
    let answer = cloud.query("iam", "ListAttachedRolePolicies", &[("RoleName", role)]);
    let arns = texts(&answer, "PolicyArn");
    let document = |arn: &String| {
        let answer = cloud.query("iam", "GetPolicy", &[("PolicyArn", arn)]);
        let version = texts(&answer, "DefaultVersionId").remove(0);
        let which = [("PolicyArn", arn.as_str()), ("VersionId", version.as_str())];
        let answer = cloud.query("iam", "GetPolicyVersion", &which);
        parsed(&texts(&answer, "Document").remove(0))
    };
    arns.iter().map(document).collect()
}

/// The texts of all elements of that name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(&close)?.0.to_owned()))
        .collect()
}

/// A document in an answer: JSON, percent-encoded or with XML's entities.
fn parsed(text: &str) -> Value {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: Vec<u8> = rest.by_ref().take(2).collect();
            let hex = String::from_utf8(hex).expect("two digits");
            bytes.push(u8::from_str_radix(&hex, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).expect("text");
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

fn trust(cloud: &Cloud, role: &str) -> Value {
    let answer = cloud.query("iam", "GetRole", &[("RoleName", role)]);
    let document = parsed(&texts(&answer, "AssumeRolePolicyDocument").remove(0));
    document["Statement"][0].clone()
}

#[test]
fn the_roles_are_made_once_and_allow_what_a_stack_needs() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    bed.bella(BOOTSTRAP).exits(2).says(&[
        "+ identity provider token.actions.githubusercontent.com",
        "+ role bella-ci-deploy, for repo:bella-co/bella:environment:staging",
        "repeat the command with --yes",
    ]);
    let providers = cloud.query("iam", "ListOpenIDConnectProviders", &[]);
    assert!(!providers.contains("oidc-provider"), "{providers}");
    bed.bella("bootstrap --sandbox --region ca-central-1 --github bella-co/*")
        .exits(2)
        .says(&["a repository is OWNER/NAME"]);

    let made = bed.bella(&format!("{BOOTSTRAP} --yes --json")).succeeds();
    let roles = &made.document()["ci"]["roles"];
    assert_eq!(
        roles[0]["subjects"],
        json!([
            "repo:bella-co/bella:pull_request",
            "repo:bella-co/bella:ref:refs/heads/main"
        ])
    );
    let again = bed.bella(&format!("{BOOTSTRAP} --json")).succeeds();
    assert_eq!(again.document()["ci"]["changes"], json!([]));

    let environments = ["staging", "production"];
    let subjects = environments.map(|name| format!("repo:bella-co/bella:environment:{name}"));
    for (role, subjects) in [
        (
            PLAN,
            json!([
                "repo:bella-co/bella:pull_request",
                "repo:bella-co/bella:ref:refs/heads/main"
            ]),
        ),
        (DEPLOY, json!(subjects)),
    ] {
        let statement = trust(&cloud, role);
        assert_eq!(statement["Action"], "sts:AssumeRoleWithWebIdentity");
        let provider = statement["Principal"]["Federated"].as_str().expect("one");
        assert!(provider.ends_with(":oidc-provider/token.actions.githubusercontent.com"));
        let is = &statement["Condition"]["StringEquals"];
        assert_eq!(
            is["token.actions.githubusercontent.com:aud"],
            "sts.amazonaws.com"
        );
        assert_eq!(is["token.actions.githubusercontent.com:sub"], subjects);
    }

    let before = cloud.last_call();
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("why {FILE} --sandbox"));
    bed.bella(&format!("status {FILE} --sandbox")).succeeds();
    suffices(&cloud, DEPLOY, before);
    let before = cloud.last_call();
    bed.bella(&format!("plan {FILE} --sandbox --markdown"))
        .succeeds();
    bed.bella("cost report --all --sandbox --json").succeeds();
    suffices(&cloud, PLAN, before);
    let before = cloud.last_call();
    bed.bella(&format!("cost report {FILE} --sandbox --json"))
        .succeeds();
    suffices(&cloud, DEPLOY, before);
    let before = cloud.last_call();
    bed.bella(&format!("teardown {FILE} --sandbox --yes"))
        .succeeds();
    suffices(&cloud, DEPLOY, before);
}

#[test]
fn roles_that_somebody_changed_are_brought_back() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    bootstrap(&bed);
    let policies = cloud.query("iam", "ListAttachedRolePolicies", &[("RoleName", DEPLOY)]);
    let arn = texts(&policies, "PolicyArn").remove(0);
    let wide = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}]});
    let trusts_all = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]});
    // As many versions as IAM keeps.
    for _ in 0..4 {
        let change = [
            ("PolicyArn", arn.as_str()),
            ("PolicyDocument", &wide.to_string()),
            ("SetAsDefault", "true"),
        ];
        cloud.query("iam", "CreatePolicyVersion", &change);
    }
    let change = [
        ("RoleName", PLAN),
        ("PolicyDocument", &trusts_all.to_string()),
    ];
    cloud.query("iam", "UpdateAssumeRolePolicy", &change);
    assert!(allowed(&cloud, DEPLOY).contains("s3:*"));
    bed.bella(&format!("{BOOTSTRAP} --yes")).succeeds().says(&[
        "~ role bella-ci-plan: for repo:bella-co/bella:pull_request and repo:bella-co/bella:ref:refs/heads/main only",
        "~ policy bella-ci-deploy-1: ",
    ]);
    assert!(!allowed(&cloud, DEPLOY).contains("s3:*"));
    assert_eq!(
        trust(&cloud, PLAN)["Action"],
        "sts:AssumeRoleWithWebIdentity"
    );
}
