//! Values that AWS does not take, one after another: each is refused with its code, and what is near to it is taken.

use hyper::Method;
use serde_json::json;

use crate::scene::{Network, done, network, refused, started};

#[tokio::test]
async fn names_sizes_and_tags_of_networks() {
    let (_instance, aws) = started("constraints").await;
    let Network { vpc, .. } = network(&aws).await;
    let group = format!("VpcId={vpc}&GroupDescription=x&GroupName");
    let many: String = (1..=51)
        .map(|number| format!("&Tag.{number}.Key=k{number}&Tag.{number}.Value=v"))
        .collect();
    let main = aws
        .ec2_text(
            "DescribeRouteTables",
            &format!("Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}"),
            "routeTableId",
        )
        .await;
    let of = |text: &str| text.to_owned();
    refused(
        &aws,
        &[
            ("CreateSecurityGroup", format!("{group}=sg-app"), "InvalidParameterValue"),
            ("CreateSecurityGroup", format!("{group}=app%E2%9C%93"), "InvalidParameterValue"),
            ("CreateSubnet", format!("VpcId={vpc}&CidrBlock=10.20.200.0/29"), "InvalidSubnet.Range"),
            (
                "CreateTags",
                format!("ResourceId.1={vpc}&Tag.1.Key=aws:x&Tag.1.Value=y"),
                "InvalidParameterValue",
            ),
            ("CreateTags", format!("ResourceId.1={vpc}{many}"), "TagLimitExceeded"),
            (
                "CreateVpc",
                of("CidrBlock=10.8.0.0/16&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=AWS:x"),
                "InvalidParameterValue",
            ),
            (
                "DeleteRoute",
                format!("RouteTableId={main}&DestinationCidrBlock=10.20.0.0/16"),
                "InvalidParameterValue",
            ),
        ],
    )
    .await;
    done(
        &aws.ec2("CreateSecurityGroup", &format!("{group}=app"))
            .await,
    );
    done(
        &aws.ec2(
            "CreateSubnet",
            &format!("VpcId={vpc}&CidrBlock=10.20.200.0/28"),
        )
        .await,
    );
    let tag = format!("ResourceId.1={vpc}&Tag.1.Key=awsome&Tag.1.Value=y");
    done(&aws.ec2("CreateTags", &tag).await);
}

#[tokio::test]
async fn target_groups_policies_secrets_and_zones() {
    let (_instance, aws) = started("constrained").await;
    let Network { vpc, subnets, .. } = network(&aws).await;
    let [one, other] = subnets;
    let group = format!("Name=web&Protocol=HTTP&VpcId={vpc}&TargetType=ip&Port");
    for unfit in [
        format!("{group}=70000"),
        format!("{group}=80&HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=5"),
    ] {
        let code = aws.elb("CreateTargetGroup", &unfit).await.error().1;
        assert_eq!(code, "ValidationError", "{unfit}");
    }
    let made = aws.elb("CreateTargetGroup", &format!("{group}=80")).await;
    let target = made.text("TargetGroupArn").expect("an ARN");
    let mut codes = Vec::new();
    for name in ["first", "second"] {
        let fields = format!("Name={name}&Subnets.member.1={one}&Subnets.member.2={other}");
        let made = aws.elb("CreateLoadBalancer", &fields).await;
        let arn = made.text("LoadBalancerArn").expect("an ARN");
        let listener = format!(
            "LoadBalancerArn={arn}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={target}"
        );
        codes.push(aws.elb("CreateListener", &listener).await.error());
    }
    let taken = (400, "TargetGroupAssociationLimit".to_owned());
    assert_eq!(codes, [(200, String::new()), taken]);

    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let role = format!("RoleName=task&AssumeRolePolicyDocument={trust}");
    done(&aws.iam("CreateRole", &role).await);
    let policy = "RoleName=task&PolicyName=p&PolicyDocument";
    let bare = format!(
        "{policy}={}",
        trust.replace("sts%3AAssumeRole", "AssumeRole")
    );
    for unfit in [format!("{policy}={trust}"), bare] {
        let code = aws.iam("PutRolePolicy", &unfit).await.error().1;
        assert_eq!(code, "MalformedPolicyDocument", "{unfit}");
    }

    let target = "secretsmanager.CreateSecret";
    let secret = json!({"Name": "two words", "SecretString": "x"});
    let (_, told) = aws.json("secretsmanager", target, &secret).await;
    assert_eq!(told["__type"], "ValidationException");

    let zones = aws.route53(Method::GET, "hostedzone", "").await;
    let zone = zones.text("Id").expect("the zone of a fresh account");
    let path = format!("{}/rrset", zone.trim_start_matches('/'));
    let records = aws.route53(Method::GET, &path, "").await.body;
    let (_, after) = records
        .split_once("<ResourceRecordSet>")
        .expect("the zone's own records");
    let (own, _) = after
        .split_once("</ResourceRecordSet>")
        .expect("well-formed");
    let change = format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change><Action>DELETE</Action><ResourceRecordSet>{own}</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    );
    let code = aws.route53(Method::POST, &path, &change).await.error();
    assert_eq!(code, (400, "InvalidChangeBatch".to_owned()));
}

#[tokio::test]
async fn one_database_is_made_of_a_name() {
    let (_instance, aws) = started("one").await;
    let made = "DBInstanceIdentifier=db&DBInstanceClass=db.t4g.micro&Engine=postgres&AllocatedStorage=20\
        &MasterUsername=bella&MasterUserPassword=longenough1";
    let create = || aws.rds("CreateDBInstance", made);
    let all = tokio::join!(create(), create(), create(), create(), create(), create());
    let mut codes = [all.0, all.1, all.2, all.3, all.4, all.5].map(|answer| answer.error().1);
    codes.sort();
    let mut expected = [const { String::new() }; 6];
    expected[1..].fill("DBInstanceAlreadyExists".to_owned());
    assert_eq!(codes, expected);
    for (unfit, code) in [
        ("DBInstanceIdentifier=1db", "InvalidParameterValue"),
        (
            "DBInstanceIdentifier=db2&MultiAZ=true&AvailabilityZone=ca-central-1a",
            "InvalidParameterCombination",
        ),
        (
            "DBInstanceIdentifier=db2&PreferredBackupWindow=06:00-07:00&PreferredMaintenanceWindow=sun:06:30-sun:07:30",
            "InvalidParameterValue",
        ),
    ] {
        let fields = made.replace("DBInstanceIdentifier=db", unfit);
        let got = aws.rds("CreateDBInstance", &fields).await.error().1;
        assert_eq!(got, code, "{unfit}");
    }
    let group = "ReplicationGroupId=c&ReplicationGroupDescription=x&CacheNodeType=cache.t4g.micro&AuthToken=short&TransitEncryptionEnabled=true";
    let got = aws
        .elasticache("CreateReplicationGroup", group)
        .await
        .error();
    assert_eq!(got.1, "InvalidParameterValue");
}

#[tokio::test]
async fn tasks_have_what_they_use() {
    let (_instance, aws) = started("tasks-parts").await;
    let [one, _] = network(&aws).await.subnets;
    let container =
        json!({"name": "app", "image": "app", "portMappings": [{"containerPort": 8000}]});
    let mut task = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [container],
    });
    aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
    let (status, told) = aws.ecs("RegisterTaskDefinition", &task).await;
    assert_eq!(status, 200, "{told}");
    task["containerDefinitions"][0]["secrets"] =
        json!([{"name": "KEY", "valueFrom": "arn:aws:ssm:::parameter/x"}]);
    let (_, told) = aws.ecs("RegisterTaskDefinition", &task).await;
    assert_eq!(told["__type"], "ClientException", "{told}");
    let mut service =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "app", "desiredCount": 0});
    let (_, told) = aws.ecs("CreateService", &service).await;
    assert_eq!(told["__type"], "InvalidParameterException", "{told}");
    service["networkConfiguration"] = json!({"awsvpcConfiguration": {"subnets": [one]}});
    let (status, told) = aws.ecs("CreateService", &service).await;
    assert_eq!(status, 200, "{told}");
}
