//! What the one loop over examples does not reach: a second shape of a kind, properties that only
//! change together, what a kind does when AWS refuses.

use bella_aws::clients::Aws;
use bella_engine::plan::Action;
use bella_engine::resource::find_kind;
use bella_tests::{Attributed, Bed, Declared, Gateway, address};
use serde_json::{Value, json};

use crate::conformance::only;
use crate::one_kind::{self, brief};
use crate::setting::{Setting, chosen};

pub(crate) type Outcome = Result<(), String>;

/// Where the cases run. Some inject faults, so nothing else may run beside them.
pub(crate) struct Stage<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) catalogue: &'static [Attributed],
    pub(crate) gateway: &'a Gateway,
}

impl Stage<'_> {
    pub(crate) async fn faults(&self) -> Vec<String> {
        let chosen: Vec<&str> = chosen().iter().map(|kind| kind.kind()).collect();
        let mut found = Vec::new();
        if chosen.contains(&"security_group_rule") {
            found.extend(self.egress_rule().await);
        }
        if chosen.contains(&"dns_record") {
            found.extend(self.records().await);
        }
        if chosen.contains(&"sns_subscription") {
            found.extend(self.email_subscription().await);
        }
        found.extend(self.stores(&chosen).await);
        if chosen.contains(&"listener") {
            found.extend(self.listeners().await);
        }
        let mut note = |what: &str, outcome: Outcome| {
            found.extend(outcome.err().map(|why| format!("{what}: {why}")));
        };
        if chosen.contains(&"ecs_service") {
            note("a service's other container", self.other_container().await);
            note("a first use of ECS", self.first_use_of_ecs().await);
        }
        if chosen.contains(&"route") {
            note("a route to another gateway", self.other_gateway().await);
            note("a route to a NAT gateway", self.nat_gateway().await);
        }
        if chosen.contains(&"certificate") {
            note(
                "a certificate validated again",
                self.validated_again().await,
            );
        }
        if chosen.contains(&"iam_role") {
            let outcome = self.role_with_additions().await;
            note("a role with additions of others", outcome);
        }
        if chosen.contains(&"security_group") {
            note("a group that is heard of late", self.late_group().await);
            note("a group that stayed open", self.open_group().await);
        }
        if chosen.contains(&"vpc") {
            note("deletes refused as in use", self.in_use().await);
        }
        found
    }

    pub(crate) fn bed(&self, stack: &str, kinds: &[&str]) -> Bed {
        Bed::new(self.aws, only(self.catalogue, kinds), stack)
    }

    pub(crate) fn setting(&self, kind: &str) -> Setting {
        let kinds = only(self.catalogue, &[kind]);
        Setting::of(find_kind(kinds, kind).expect("asked for kinds that are"))
    }

    async fn egress_rule(&self) -> Vec<String> {
        let mut setting = self.setting("security_group_rule");
        setting.example.properties["direction"] = json!("egress");
        let bed = self.bed("a-egress", &setting.kinds());
        one_kind::faults(&bed, &setting).await
    }

    /// Row 70: nobody confirms it, so that AWS gives it no ARN and lets nobody remove it.
    async fn email_subscription(&self) -> Vec<String> {
        let mut setting = self.setting("sns_subscription");
        setting.example.properties["protocol"] = json!("email");
        setting.example.properties["endpoint"] = json!("ops@bella.example");
        let bed = self.bed("a-email", &setting.kinds());
        one_kind::faults(&bed, &setting).await
    }

    /// `container_name` and `container_port` follow the task definition, whose revision is known
    /// after apply only.
    async fn other_container(&self) -> Outcome {
        let mut setting = self.setting("ecs_service");
        let bed = self.bed("a-container", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        for (declared, properties) in &mut setting.parents {
            if declared == "task_definition.parent" {
                properties["container"]["name"] = json!("web");
                properties["container"]["port"] = json!(8080);
            }
        }
        setting.example.properties["container_name"] = json!("web");
        setting.example.properties["container_port"] = json!(8080);
        let plan = bed
            .plan(&setting.whole())
            .await
            .map_err(|why| format!("{why:?}"))?;
        let service = plan
            .changes
            .iter()
            .find(|change| change.address == setting.address);
        let fields: Vec<&str> = service
            .filter(|change| change.action == Action::Update)
            .map(|change| {
                change
                    .fields
                    .iter()
                    .map(|field| field.change.path.as_str())
                    .collect()
            })
            .unwrap_or_default();
        if fields != ["container_name", "container_port", "task_definition"]
            || plan.changes.len() != 2
        {
            return Err(brief(&plan));
        }
        bed.provision(&setting.whole()).await?;
        self.removed(&bed, &setting.whole()).await
    }

    /// A VPC has one internet gateway, so another target is of another kind: a private gateway.
    async fn other_gateway(&self) -> Outcome {
        let setting = self.setting("route");
        let bed = self.bed("a-gateway", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        let vpc = bed
            .object(&setting.whole(), &address("vpc.parent"))
            .await?
            .id;
        let ec2 = &self.aws.ec2;
        let made = ec2
            .create_vpn_gateway()
            .set_type(Some("ipsec.1".into()))
            .send()
            .await;
        let made = made.map_err(|why| format!("{why:?}"))?.vpn_gateway;
        let gateway = made
            .and_then(|made| made.vpn_gateway_id)
            .unwrap_or_default();
        let call = ec2.attach_vpn_gateway().vpn_gateway_id(&gateway);
        call.vpc_id(&vpc)
            .send()
            .await
            .map_err(|why| format!("{why:?}"))?;
        let found = one_kind::change(&bed, &setting, "gateway", &json!(gateway)).await;
        let call = ec2.detach_vpn_gateway().vpn_gateway_id(&gateway);
        call.vpc_id(&vpc)
            .send()
            .await
            .map_err(|why| format!("{why:?}"))?;
        let call = ec2.delete_vpn_gateway().vpn_gateway_id(&gateway);
        call.send().await.map_err(|why| format!("{why:?}"))?;
        self.removed(&bed, &setting.whole()).await?;
        match found.is_empty() {
            true => Ok(()),
            false => Err(found.join("; ")),
        }
    }

    /// IAM deletes no role to which somebody else attached a policy or which a profile has.
    async fn role_with_additions(&self) -> Outcome {
        let setting = self.setting("iam_role");
        let bed = self.bed("a-role", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        let role = bed.object(&setting.whole(), &setting.address).await?.id;
        let iam = &self.aws.iam;
        let call = iam.attach_role_policy().role_name(&role);
        let call = call.policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess");
        call.send().await.map_err(|why| format!("{why:?}"))?;
        let call = iam
            .create_instance_profile()
            .instance_profile_name("theirs");
        call.send().await.map_err(|why| format!("{why:?}"))?;
        let call = iam
            .add_role_to_instance_profile()
            .instance_profile_name("theirs");
        call.role_name(&role)
            .send()
            .await
            .map_err(|why| format!("{why:?}"))?;
        self.removed(&bed, &setting.whole()).await
    }

    /// A refused delete says what is in the way, and is repeated.
    async fn in_use(&self) -> Outcome {
        let refused = [
            ("DeleteVpc", "vpc"),
            ("DeleteSubnet", "subnet"),
            ("DetachInternetGateway", "internet_gateway"),
            ("DeleteSecurityGroup", "security_group"),
        ];
        for (operation, kind) in refused {
            let setting = self.setting(kind);
            let bed = self.bed("a-in-use", &setting.kinds());
            bed.provision(&setting.whole()).await?;
            self.gateway.inject(&refusal(
                "ec2",
                operation,
                "DependencyViolation",
                "It has dependencies",
            ));
            let removed = self.removed(&bed, &setting.whole()).await;
            self.gateway.calm();
            removed.map_err(|why| format!("{operation}: {why}"))?;
        }
        Ok(())
    }

    /// An account that never used ECS lacks the role through which ECS acts.
    async fn first_use_of_ecs(&self) -> Outcome {
        for (operation, kind) in [
            ("CreateCluster", "ecs_cluster"),
            ("CreateService", "ecs_service"),
        ] {
            let setting = self.setting(kind);
            let bed = self.bed("a-first-use", &setting.kinds());
            bed.provision(&setting.parents).await?;
            let text = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
            self.gateway.inject(&refusal(
                "ecs",
                operation,
                "InvalidParameterException",
                text,
            ));
            let made = bed.provision(&setting.whole()).await;
            self.gateway.calm();
            made.map_err(|why| format!("{operation}: {why}"))?;
            self.removed(&bed, &setting.whole()).await?;
        }
        Ok(())
    }

    /// Takes everything away, and nothing is left.
    pub(crate) async fn removed(&self, bed: &Bed, declared: &Declared) -> Outcome {
        if bed.look().await?.objects.len() < declared.len() {
            return Err("not everything was there to be removed".to_owned());
        }
        bed.provision(&Declared::new()).await?;
        match bed.look().await?.objects.len() {
            0 => Ok(()),
            count => Err(format!("{count} objects are left")),
        }
    }
}

fn refusal(service: &str, operation: &str, code: &str, message: &str) -> Value {
    json!([{
        "service": service,
        "operation": operation,
        "fault": "error",
        "status": 400,
        "code": code,
        "message": message,
    }])
}
