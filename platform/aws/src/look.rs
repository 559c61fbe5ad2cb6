//! One look at AWS: clients and a memo, so that kinds which need the same listing share one read.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_resourcegroupstagging::types::TagFilter;
use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::{Identity, Scope, Tags};
use tokio::sync::OnceCell;

use crate::clients::Aws;
use crate::error::refused;

type Shared = Arc<dyn Any + Send + Sync>;
type Cell = Arc<OnceCell<Result<Shared, CloudError>>>;

/// What [`bella_engine::resource::Resource::list`] gets.
#[derive(Debug)]
pub struct Look {
    /// The clients.
    pub aws: Aws,
    scope: Scope,
    memo: Mutex<HashMap<&'static str, Cell>>,
}

impl Look {
    pub(crate) fn new(aws: Aws, scope: Scope) -> Self {
        Self {
            aws,
            scope,
            memo: Mutex::default(),
        }
    }

    /// The stack whose objects are wanted.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.scope.stack
    }

    /// The one object that is waited on, if the look is for one.
    #[must_use]
    pub fn focus(&self) -> Option<&Identity> {
        self.scope.focus.as_ref()
    }

    /// The id of the one object that is waited on, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.focus().and_then(|who| who.id.as_deref())
    }

    /// What carries the stack's tag by the tagging service, which knows every kind that has tags:
    /// ARN to tags. One call for some hundred objects, but it hears of a new object or a changed tag
    /// seconds later: absence in it proves nothing, so a kind whose listing shows no tags takes
    /// them from here and asks for the tags of an object that has the stack's name and is not here.
    ///
    /// # Errors
    /// AWS refuses the read.
    pub async fn tagged(&self) -> Result<Arc<BTreeMap<String, Tags>>, CloudError> {
        self.once("tagged", async {
            let stack = TagFilter::builder().key(STACK_TAG).values(self.stack());
            let call = self.aws.tagging.get_resources().tag_filters(stack.build());
            let mut pages = call.into_paginator().send();
            let mut found = BTreeMap::new();
            while let Some(page) = pages.next().await {
                for object in page.map_err(refused)?.resource_tag_mapping_list() {
                    let tags = object.tags().iter();
                    let tags = tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
                    let arn = object.resource_arn().unwrap_or_default();
                    found.insert(arn.to_owned(), tags.collect());
                }
            }
            Ok(found)
        })
        .await
    }

    /// The result of `fetch`, run at most once per look and key however many kinds ask at once.
    /// One key always goes with one type.
    ///
    /// # Errors
    /// What `fetch` failed with, the same for everyone who asked.
    pub fn once<'a, T, F>(
        &'a self,
        key: &'static str,
        fetch: F,
    ) -> impl Future<Output = Result<Arc<T>, CloudError>> + Send + 'a
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, CloudError>> + Send + 'a,
    {
        // A listing that needs another one nests: unboxed, each level would be five times as large
        // as the one in it, and the third overflows a thread's stack.
        let fetch = Box::pin(fetch);
        async move {
            let cell = {
                let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
                memo.entry(key).or_default().clone()
            };
            let shared = cell
                .get_or_init(|| async { fetch.await.map(|value| Arc::new(value) as Shared) })
                .await
                .clone()?;
            Ok(shared
                .downcast::<T>()
                .expect("one key always goes with one type"))
        }
    }
}
