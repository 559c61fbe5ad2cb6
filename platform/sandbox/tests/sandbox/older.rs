//! What clients other than the product's own say and ask: CloudWatch in forms, subscriptions by their ARN, signing of
//! zones, windows of backups.

use hyper::Method;

use crate::scene::{done, network, started};

/// An alarm on a formula, as forms write it.
const FORMULA: &str = "AlarmName=rate&ComparisonOperator=GreaterThanThreshold&Threshold=5&EvaluationPeriods=5\
    &DatapointsToAlarm=5&TreatMissingData=notBreaching&ActionsEnabled=true&OKActions=\
    &AlarmActions.member.1=arn:aws:sns:ca-central-1:000000000000:alerts\
    &Metrics.member.1.Id=rate&Metrics.member.1.Expression=100*e&Metrics.member.1.ReturnData=true\
    &Metrics.member.2.Id=e&Metrics.member.2.ReturnData=false&Metrics.member.2.MetricStat.Period=60\
    &Metrics.member.2.MetricStat.Stat=Sum&Metrics.member.2.MetricStat.Metric.Namespace=N\
    &Metrics.member.2.MetricStat.Metric.MetricName=M\
    &Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Name=D\
    &Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Value=V\
    &Tags.member.1.Key=Project&Tags.member.1.Value=bella";

#[tokio::test]
async fn alarms_and_dashboards_are_made_and_read_by_forms() {
    let (_instance, aws) = started("older").await;
    done(&aws.monitoring("PutMetricAlarm", FORMULA).await);
    let described = aws
        .monitoring("DescribeAlarms", "AlarmNames.member.1=rate")
        .await;
    for (element, values) in [
        ("AlarmName", vec!["rate"]),
        ("Threshold", vec!["5.0"]),
        ("EvaluationPeriods", vec!["5"]),
        ("Expression", vec!["100*e"]),
        ("ReturnData", vec!["true", "false"]),
        ("Period", vec!["60"]),
        ("Stat", vec!["Sum"]),
    ] {
        assert_eq!(
            described.texts(element),
            values,
            "{element}: {}",
            described.body
        );
    }
    let arn = described.text("AlarmArn").expect("an ARN");
    let tags = aws
        .monitoring("ListTagsForResource", &format!("ResourceARN={arn}"))
        .await;
    assert_eq!(tags.texts("Value"), ["bella"], "{tags:?}");
    // What the newer format refuses, this one refuses too, with the code of AWS.
    let uneven = FORMULA.replace("Period=60", "Period=7");
    let refused = aws.monitoring("PutMetricAlarm", &uneven).await;
    assert_eq!(refused.error(), (400, "InvalidParameterValue".to_owned()));
    let gone = "AlarmNames.member.1=rate";
    done(&aws.monitoring("DeleteAlarms", gone).await);
    let described = aws.monitoring("DescribeAlarms", gone).await;
    assert_eq!(described.texts("AlarmName"), [""; 0]);

    let body = "%7B%22widgets%22%3A%5B%5D%7D";
    let board = format!("DashboardName=board&DashboardBody={body}");
    done(&aws.monitoring("PutDashboard", &board).await);
    let read = aws
        .monitoring("GetDashboard", "DashboardName=board")
        .await
        .text("DashboardBody");
    assert_eq!(read.as_deref(), Some("{\"widgets\":[]}"));
    let gone = "DashboardNames.member.1=board";
    done(&aws.monitoring("DeleteDashboards", gone).await);
    let missing = aws
        .monitoring("GetDashboard", "DashboardName=board")
        .await
        .error();
    assert_eq!(missing, (404, "ResourceNotFound".to_owned()));
}

#[tokio::test]
async fn a_subscription_that_nobody_confirmed_is_pending_under_its_arn() {
    let (_instance, aws) = started("pending").await;
    let topic = aws.sns("CreateTopic", "Name=alerts").await;
    let topic = topic.text("TopicArn").expect("an ARN");
    let mail = format!("TopicArn={topic}&Protocol=email&Endpoint=ops@example.com");
    let told = async |fields: &str| {
        aws.sns("Subscribe", fields)
            .await
            .text("SubscriptionArn")
            .expect("an ARN")
    };
    assert_eq!(told(&mail).await, "pending confirmation");
    let arn = told(&format!("{mail}&ReturnSubscriptionArn=true")).await;
    assert!(arn.starts_with(&format!("{topic}:")), "{arn}");
    let by_arn = format!("SubscriptionArn={arn}");
    let attributes = aws.sns("GetSubscriptionAttributes", &by_arn).await.body;
    for (key, value) in [
        ("PendingConfirmation", "true"),
        ("ConfirmationWasAuthenticated", "false"),
        ("Endpoint", "ops@example.com"),
    ] {
        let entry = format!("<key>{key}</key><value>{value}</value>");
        assert!(attributes.contains(&entry), "{attributes}");
    }
    let refused = aws.sns("Unsubscribe", &by_arn).await;
    assert_eq!(refused.error().1, "InvalidParameter");
    done(&aws.sns("DeleteTopic", &format!("TopicArn={topic}")).await);
    let gone = aws.sns("GetSubscriptionAttributes", &by_arn).await;
    assert_eq!(gone.error(), (404, "NotFound".to_owned()));
}

#[tokio::test]
async fn a_zone_says_that_it_is_not_signed() {
    let (_instance, aws) = started("dnssec").await;
    let zones = aws.route53(Method::GET, "hostedzone", "").await;
    let id = zones.text("Id").expect("the zone of a fresh account");
    let path = format!("{}/dnssec", id.trim_start_matches('/'));
    let signed = aws.route53(Method::GET, &path, "").await;
    assert_eq!(
        signed.text("ServeSignature").as_deref(),
        Some("NOT_SIGNING"),
        "{signed:?}"
    );
    let missing = aws
        .route53(Method::GET, "hostedzone/Z0NOSUCHZONE/dnssec", "")
        .await;
    assert_eq!(missing.error(), (404, "NoSuchHostedZone".to_owned()));
}

#[tokio::test]
async fn a_database_keeps_the_window_of_its_backups() {
    let (_instance, aws) = started("window").await;
    let [one, other] = network(&aws).await.subnets;
    let group = format!(
        "DBSubnetGroupName=db&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1={one}&SubnetIds.SubnetIdentifier.2={other}"
    );
    done(&aws.rds("CreateDBSubnetGroup", &group).await);
    let made = "DBInstanceIdentifier=db&DBInstanceClass=db.t4g.micro&Engine=postgres&AllocatedStorage=20\
        &MasterUsername=bella&MasterUserPassword=longenough1&DBSubnetGroupName=db&PreferredBackupWindow=06:00-07:00";
    let window = "PreferredBackupWindow";
    let told = aws.rds("CreateDBInstance", made).await;
    assert_eq!(
        told.text(window).as_deref(),
        Some("06:00-07:00"),
        "{told:?}"
    );
    let look = async || aws.rds("DescribeDBInstances", "").await.text(window);
    assert_eq!(look().await.as_deref(), Some("06:00-07:00"));
    let other = "DBInstanceIdentifier=db&PreferredBackupWindow=01:00-02:00&ApplyImmediately=true";
    done(&aws.rds("ModifyDBInstance", other).await);
    assert_eq!(look().await.as_deref(), Some("01:00-02:00"));
}
