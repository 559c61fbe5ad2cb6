//! What a look at the stack says of its service.

use bella_aws::deploy::Job;
use bella_engine::live::{Live, Object};
use bella_engine::resource::Tags;
use bella_stack::{DEFINITION, MIGRATION, REPOSITORY, SERVICE};
use serde_json::Value;

/// The revision that the service is set to run.
pub(crate) fn held(live: &Live) -> Option<&str> {
    service(live)?.props.as_ref()?["task_definition"].as_str()
}

/// The cluster and the service, by name or ARN.
pub(crate) fn place(live: &Live) -> Option<(String, String)> {
    let service = service(live)?;
    let cluster = service.props.as_ref()?["cluster"].as_str()?;
    Some((cluster.to_owned(), service.id.clone()))
}

/// What the service takes itself to be called as; empty where nothing says it.
pub(crate) fn public(live: &Live) -> &str {
    let mut definitions = at(live, DEFINITION).filter_map(|object| object.props.as_ref());
    definitions
        .next()
        .and_then(|it| it["container"]["environment"]["PUBLIC_BASE_URL"].as_str())
        .unwrap_or_default()
}

/// The repository of the service's images.
pub(crate) fn repository(live: &Live) -> Option<&str> {
    let uri = at(live, REPOSITORY).next()?.outputs.get("uri")?;
    Some(uri.as_str())
}

/// Revisions of the service and its migration that `before` does not have.
pub(crate) fn fresh(before: &Live, now: &Live) -> Vec<String> {
    let known = |id: &str| before.objects.iter().any(|object| object.id == id);
    let revisions = at(now, DEFINITION).chain(at(now, MIGRATION));
    revisions
        .filter(|object| !known(&object.id))
        .map(|object| object.id.clone())
        .collect()
}

/// The newest revision of the migration.
pub(crate) fn migration(live: &Live) -> Option<&str> {
    let mut current = at(live, MIGRATION).filter(|object| object.props.is_some());
    current.next().map(|object| object.id.as_str())
}

/// The task of `revision` beside the service, where it reaches what the service reaches.
pub(crate) fn job(live: &Live, tags: Tags, revision: &str) -> Option<Job> {
    let service = service(live)?.props.as_ref()?;
    let texts = |key: &str| -> Vec<String> {
        let list = service[key].as_array().map_or(&[][..], Vec::as_slice);
        let texts = list.iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    Some(Job {
        cluster: service["cluster"].as_str().unwrap_or_default().to_owned(),
        task_definition: revision.to_owned(),
        subnets: texts("subnets"),
        security_groups: texts("security_groups"),
        assign_public_ip: service["assign_public_ip"] == true,
        tags,
        started_by: "bella-deploy".to_owned(),
        command: Vec::new(),
        container: "migrate".to_owned(),
    })
}

fn service(live: &Live) -> Option<&Object> {
    at(live, SERVICE).next()
}

fn at<'a>(live: &'a Live, address: &'a str) -> impl Iterator<Item = &'a Object> {
    let objects = live.objects.iter();
    objects.filter(move |object| object.address.to_string() == address)
}
