use std::collections::BTreeMap;

use roxmltree::Node;
use serde::{Deserialize, Serialize};

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

/// Its ports are those that were asked for.
pub(crate) static RULE: NodeSettings = NodeSettings;

pub(crate) struct NodeSettings;

/// By ARN of the account and region, as the group's own ARN.
type Kept = BTreeMap<String, Settings>;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Settings {
    version: Option<String>,
    groups: Option<Vec<String>>,
    port: Option<String>,
}

impl Rule for NodeSettings {
    fn name(&self) -> &'static str {
        "cache-nodes-follow-their-group"
    }

    fn about(&self) -> About {
        About::corrects(
            "What a replication group is told reaches its nodes, and it names all of them; the emulator leaves both \
             as they were made.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateReplicationGroup",
                "DecreaseReplicaCount",
                "DescribeCacheClusters",
                "DescribeReplicationGroups",
                "IncreaseReplicaCount",
                "ModifyReplicationGroup",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    if !turn.call.is_read() {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        if let Some(group) = xml::find(document.root(), "ReplicationGroup") {
            let arn = xml::text(group, "ARN").to_owned();
            let (form, is_new) = (turn.form(), turn.call.operation == "CreateReplicationGroup");
            let keep = |kept: &mut Kept| {
                let settings = kept.entry(arn).or_default();
                if is_new {
                    *settings = Settings::default();
                }
                note(settings, &form);
            };
            // Should it not be saved, what the emulator knows shows.
            let _ = turn.store.change(rule, keep);
        }
    }
    Ok(told(answer, &turn.store.read(rule)))
}

fn note(settings: &mut Settings, form: &Form) {
    let text = |name: &str| form.get(name).map(str::to_owned);
    settings.version = text("EngineVersion").or(settings.version.take());
    settings.port = text("Port").or(settings.port.take());
    let groups: Vec<String> = form
        .list("SecurityGroupIds")
        .into_iter()
        .map(str::to_owned)
        .collect();
    if !groups.is_empty() {
        settings.groups = Some(groups);
    }
}

fn told(answer: Answer, kept: &Kept) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for node in document.descendants() {
        match node.tag_name().name() {
            "ReplicationGroup" => group(&mut edits, node, kept),
            "CacheCluster" => member(&mut edits, node, kept),
            _ => {}
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}

fn group(edits: &mut Edits, group: Node<'_, '_>, kept: &Kept) {
    let members: String = xml::items(group, "NodeGroupMembers")
        .iter()
        .map(|node| {
            format!(
                "<ClusterId>{}</ClusterId>",
                xml::text(*node, "CacheClusterId")
            )
        })
        .collect();
    if let Some(list) = xml::child(group, "MemberClusters") {
        edits.set_content(list, &members);
    }
    let settings = kept.get(xml::text(group, "ARN"));
    ports(edits, group, settings);
}

fn member(edits: &mut Edits, node: Node<'_, '_>, kept: &Kept) {
    let id = xml::text(node, "ReplicationGroupId");
    let own = xml::text(node, "CacheClusterArn");
    let Some((account, _)) = own.rsplit_once(":cluster:") else {
        return;
    };
    let Some(settings) = kept.get(&format!("{account}:replicationgroup:{id}")) else {
        return;
    };
    if let (Some(version), Some(element)) = (&settings.version, xml::child(node, "EngineVersion")) {
        edits.set_content(element, version);
    }
    if let (Some(groups), Some(element)) = (&settings.groups, xml::child(node, "SecurityGroups")) {
        let list: String = groups
            .iter()
            .map(|group| {
                format!("<member><SecurityGroupId>{group}</SecurityGroupId><Status>active</Status></member>")
            })
            .collect();
        edits.set_content(element, &list);
    }
    ports(edits, node, Some(settings));
}

fn ports(edits: &mut Edits, within: Node<'_, '_>, settings: Option<&Settings>) {
    let Some(port) = settings.and_then(|settings| settings.port.as_deref()) else {
        return;
    };
    let elements = within.descendants();
    for element in elements.filter(|element| element.tag_name().name() == "Port") {
        edits.set_content(element, port);
    }
}
