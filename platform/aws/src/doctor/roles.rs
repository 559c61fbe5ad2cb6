use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, ROLES, role};

use crate::clients::Aws;
use crate::error::refused;

/// A service's roles lie below a path with its name, where nobody else may make any.
const PATH: &str = "/aws-service-role/";

pub(super) async fn ask(aws: &Aws) -> Result<Vec<Finding>, CloudError> {
    let call = aws.iam.list_roles().path_prefix(PATH);
    let mut pages = call.into_paginator().send();
    let mut paths = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        paths.extend(page.roles().iter().map(|one| one.path().to_owned()));
    }
    let judged = ROLES.iter().map(|one| {
        let path = format!("{PATH}{}/", one.service);
        role(one, paths.contains(&path))
    });
    Ok(judged.collect())
}
