//! A ledger's objects in a bucket: conditional writes, and the store's own clock.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::date_time::DateTime;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::retry::Backoff;

use crate::answer_date::AnswerDate;
use crate::clients::Aws;
use crate::error::refused;

/// Part of a bucket.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    aws: Aws,
    name: String,
    prefix: String,
    owner: Option<String>,
}

/// An object as a read shows it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) text: String,
    /// What a conditional write names to replace exactly this.
    pub(super) etag: String,
    /// How long ago it was written, by the store's clock alone. S3 tells both times in whole
    /// seconds, so that this can be a second too much or too little.
    pub(super) age: Duration,
}

/// What has to be there for a write to be carried out.
enum Condition<'a> {
    Nothing,
    Exactly(&'a str),
}

impl Bucket {
    pub(super) fn new(aws: &Aws, name: &str, prefix: &str, owner: Option<String>) -> Self {
        Self {
            aws: aws.clone(),
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            owner,
        }
    }

    pub(super) fn location(&self) -> String {
        match self.prefix.is_empty() {
            true => format!("s3://{}", self.name),
            false => format!("s3://{}/{}", self.name, self.prefix),
        }
    }

    fn key(&self, key: &str) -> String {
        match self.prefix.is_empty() {
            true => key.to_owned(),
            false => format!("{}/{key}", self.prefix),
        }
    }

    /// Writes an object that is not there yet, and answers its tag; `None` when there is one.
    pub(super) async fn create(&self, key: &str, text: &str) -> Result<Option<String>, CloudError> {
        self.write(key, text, Condition::Nothing).await
    }

    /// Replaces exactly the object that a read showed with `etag`; `None` when it is another one.
    pub(super) async fn replace(
        &self,
        key: &str,
        text: &str,
        etag: &str,
    ) -> Result<Option<String>, CloudError> {
        self.write(key, text, Condition::Exactly(etag)).await
    }

    /// A write whose answer is lost is repeated: its condition then tells that it was carried out,
    /// and what is there, whether by this write or another.
    async fn write(
        &self,
        key: &str,
        text: &str,
        condition: Condition<'_>,
    ) -> Result<Option<String>, CloudError> {
        let mut backoff = Backoff::polling();
        let mut lost_answer = false;
        loop {
            let error = match self.put(key, text, &condition).await {
                Ok(etag) => return Ok(Some(etag)),
                Err(error) => error,
            };
            match error.fault {
                // A condition that does not hold; for a replacement, nothing is there any more.
                Fault::Exists | Fault::NotFound if !crate::error::lacks_bucket(&error) => {
                    let there = match lost_answer {
                        true => self.read(key).await?,
                        false => None,
                    };
                    return Ok(there.filter(|seen| seen.text == text).map(|seen| seen.etag));
                }
                Fault::Ambiguous => lost_answer = true,
                _ => {}
            }
            match backoff.after(&error, chance()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    async fn put(
        &self,
        key: &str,
        text: &str,
        condition: &Condition<'_>,
    ) -> Result<String, CloudError> {
        let call = self
            .aws
            .s3
            .put_object()
            .bucket(&self.name)
            .key(self.key(key))
            .set_expected_bucket_owner(self.owner.clone())
            .content_type("application/json")
            .body(ByteStream::from(text.as_bytes().to_vec()));
        let call = match condition {
            Condition::Nothing => call.if_none_match("*"),
            Condition::Exactly(etag) => call.if_match(*etag),
        };
        let answer = call.send().await.map_err(refused)?;
        Ok(answer.e_tag.unwrap_or_default())
    }

    /// An object; `None` where there is none.
    pub(super) async fn read(&self, key: &str) -> Result<Option<Seen>, CloudError> {
        let clock = AnswerDate::default();
        let answer = self
            .aws
            .s3
            .get_object()
            .bucket(&self.name)
            .key(self.key(key))
            .set_expected_bucket_owner(self.owner.clone())
            .customize()
            .interceptor(clock.clone())
            .send()
            .await;
        let answer = match answer.map_err(refused) {
            Ok(answer) => answer,
            Err(error) if error.fault == Fault::NotFound && !crate::error::lacks_bucket(&error) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let (etag, written) = (answer.e_tag.clone(), answer.last_modified);
        let body =
            answer.body.collect().await.map_err(|err| {
                CloudError::new(Fault::Ambiguous, "s3", "GetObject", err.to_string())
            })?;
        Ok(Some(Seen {
            text: String::from_utf8_lossy(&body.into_bytes()).into_owned(),
            etag: etag.unwrap_or_default(),
            age: since(&clock, written),
        }))
    }

    /// The keys under a folder, at any depth, sorted as S3 lists them.
    pub(super) async fn below(&self, folder: &str) -> Result<Vec<String>, CloudError> {
        let mut found = Vec::new();
        let mut pages = self.list(folder).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?;
            found.extend(page.contents().iter().filter_map(|it| self.bare(it.key()?)));
        }
        Ok(found)
    }

    /// The folders directly under a folder.
    pub(super) async fn folders(&self, folder: &str) -> Result<Vec<String>, CloudError> {
        let mut found = Vec::new();
        let mut pages = self.list(folder).delimiter("/").into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?;
            let prefixes = page.common_prefixes().iter();
            found.extend(prefixes.filter_map(|it| self.bare(it.prefix()?)));
        }
        Ok(found)
    }

    fn list(
        &self,
        folder: &str,
    ) -> aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder {
        let mut prefix = self.key(folder);
        if !prefix.is_empty() && !prefix.ends_with('/') {
            prefix.push('/');
        }
        self.aws
            .s3
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(prefix)
            .set_expected_bucket_owner(self.owner.clone())
    }

    /// A listed key or folder as the ledger names it.
    fn bare(&self, key: &str) -> Option<String> {
        let key = match self.prefix.is_empty() {
            true => key,
            false => key.strip_prefix(&self.prefix)?.strip_prefix('/')?,
        };
        Some(key.trim_end_matches('/').to_owned())
    }
}

/// How long ago something was written, by the time of the answer that tells of it.
fn since(answered: &AnswerDate, written: Option<DateTime>) -> Duration {
    let age = answered
        .last()
        .zip(written)
        .map(|(now, written)| now.secs() - written.secs());
    Duration::from_secs(age.and_then(|age| u64::try_from(age).ok()).unwrap_or(0))
}

fn chance() -> f64 {
    f64::from(jiff::Timestamp::now().subsec_nanosecond() % 1000) / 1000.0
}
