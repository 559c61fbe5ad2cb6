//! A group of EventBridge Scheduler's schedules.

use std::sync::Arc;

use aws_sdk_scheduler::types::{ScheduleGroupState, Tag};
use aws_smithy_types::DateTime;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tag_lookup;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A group of schedules. Deleting it deletes its schedules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleGroup {}

impl Resource for ScheduleGroup {
    type Cloud = Aws;
    const KIND: &'static str = "schedule_group";
    const SERVICE: &'static str = "scheduler";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 64,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "scheduler:CreateScheduleGroup",
        "scheduler:DeleteScheduleGroup",
        "scheduler:GetScheduleGroup",
        "scheduler:ListScheduleGroups",
        "scheduler:ListTagsForResource",
        "scheduler:TagResource",
        "scheduler:UntagResource",
        tag_lookup::ACTION,
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let groups = match look.focus() {
            Some(who) => {
                let name = who.id.as_deref().unwrap_or(&who.name);
                Arc::new(described(&look.aws, name).await?.into_iter().collect())
            }
            None => candidates(look).await?,
        };
        let mut found = Vec::new();
        for group in groups.iter() {
            let tags = tag_lookup::of(look, &group.arn, tags_of(&look.aws, &group.arn)).await?;
            found.extend(tags.and_then(|tags| observe(look.stack(), group, tags)));
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.scheduler.create_schedule_group().name(&who.name);
        let call = call.set_tags(Some(wire(&who.tags)?));
        let call = call.client_token(&who.token);
        let arn = call.send().await.map_err(refused)?.schedule_group_arn;
        let name = who.name.clone();
        let outputs = [("name", name.clone()), ("arn", arn)];
        Ok(Made::usable(name, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // There is nothing to change.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.scheduler.delete_schedule_group().name(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let Some(group) = described(aws, who.id()?).await? else {
            let message = format!("schedule group {} is not there", who.id()?);
            let fault = Fault::NotFound;
            return Err(CloudError::new(fault, "scheduler", "TagResource", message));
        };
        let call = aws.scheduler.tag_resource().resource_arn(&group.arn);
        let call = call.set_tags(Some(wire(&who.tags)?));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.scheduler.untag_resource().resource_arn(&group.arn);
            let call = call.set_tag_keys(Some(gone.to_vec()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new().set("name", exported.id).tags(exported.tags);
        vec![Block::new(
            "aws_scheduler_schedule_group",
            exported.id,
            body,
        )]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({}),
            changes: vec![],
        }
    }
}

/// A group as a listing or a single read shows it.
struct Group {
    arn: String,
    name: String,
    is_leaving: bool,
    created: Option<DateTime>,
}

/// Groups that may be the stack's: those with a name of ours and those with its tag.
async fn candidates(look: &Look) -> Result<Arc<Vec<Group>>, CloudError> {
    look.once("schedule groups", async {
        let call = look.aws.scheduler.list_schedule_groups().max_results(100);
        let call = call.name_prefix(tag_lookup::name_start(look));
        let mut pages = call.into_paginator().send();
        let mut groups = Vec::new();
        while let Some(page) = pages.next().await {
            for group in page.map_err(refused)?.schedule_groups {
                groups.push(Group {
                    arn: group.arn.unwrap_or_default(),
                    name: group.name.unwrap_or_default(),
                    is_leaving: group.state == Some(ScheduleGroupState::Deleting),
                    created: group.creation_date,
                });
            }
        }
        let tagged = look.tagged().await?;
        for arn in tagged.keys() {
            let name = arn.split_once(":schedule-group/").map(|(_, name)| name);
            if let Some(name) = name.filter(|name| groups.iter().all(|group| group.name != *name)) {
                groups.extend(described(&look.aws, name).await?);
            }
        }
        Ok(groups)
    })
    .await
}

/// The names of the stack's groups, for the schedules in them.
pub(super) async fn our_names(look: &Look) -> Result<Vec<String>, CloudError> {
    let mut names = Vec::new();
    for group in candidates(look).await?.iter() {
        let tags = tag_lookup::of(look, &group.arn, tags_of(&look.aws, &group.arn)).await?;
        let is_ours = tags.is_some_and(|tags| owned(look.stack(), &tags).is_some());
        names.extend(is_ours.then(|| group.name.clone()));
    }
    Ok(names)
}

async fn described(aws: &Aws, name: &str) -> Result<Option<Group>, CloudError> {
    let call = aws.scheduler.get_schedule_group().name(name);
    match call.send().await.map_err(refused) {
        Ok(group) => Ok(Some(Group {
            arn: group.arn.unwrap_or_default(),
            name: group.name.unwrap_or_default(),
            is_leaving: group.state == Some(ScheduleGroupState::Deleting),
            created: group.creation_date,
        })),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, CloudError> {
    let call = aws.scheduler.list_tags_for_resource().resource_arn(arn);
    let tags = call.send().await.map_err(refused)?.tags.unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = tags.iter().map(tag).collect();
    tags.map_err(|err| {
        CloudError::new(Fault::Rejected, "scheduler", "TagResource", err.to_string())
    })
}

fn observe(stack: &str, group: &Group, tags: Tags) -> Option<Observed<ScheduleGroup>> {
    let outputs = [("name", &group.name), ("arn", &group.arn)];
    Some(Observed {
        id: group.name.clone(),
        address: Some(owned(stack, &tags)?),
        props: Some(ScheduleGroup {}),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .into(),
        tags,
        phase: match group.is_leaving {
            true => Phase::Deleting,
            false => Phase::Ready,
        },
        created: timestamp(group.created.as_ref()),
        protected: None,
    })
}
