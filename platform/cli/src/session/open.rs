//! Connecting: the account and region of a target, and where its ledger is.

use std::path::PathBuf;
use std::time::Duration;

use bella_aws::clients::{Access, Aws, Caller};
use bella_aws::ephemeral::Tagged;
use bella_aws::find::{Found, find_stack};
use bella_aws::ledger::{LEDGER_TAG, Location, Place, Store, bootstrap, bucket_exists};
use bella_stack::stack::Ledger;

use super::Session;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::target::{StackFile, Target};

/// AWS listings show a change within this (`aws-behaviours.md` rows 11, 27).
const LAG: Duration = Duration::from_secs(60);
/// Another number of seconds for [`LAG`]. The sandbox's listings are exact, so that there nothing is
/// looked for that long unless this says so.
const LAG_VARIABLE: &str = "BELLA_CONSISTENCY_SECONDS";
/// A run that is gone without giving its lease back holds up others this long.
const LEASE: Duration = Duration::from_secs(60);
/// Another number of seconds for [`LEASE`].
const LEASE_VARIABLE: &str = "BELLA_LEASE_SECONDS";

/// How the account is reached, whichever the region.
struct Door<'a> {
    cx: &'a Context,
    endpoint: Option<String>,
}

/// What a connection is made of.
struct Parts {
    stack: String,
    region: String,
    aws: Aws,
    caller: Caller,
    file: Option<Box<StackFile>>,
    /// Where everybody finds the ledger.
    home: Location,
}

impl Session {
    /// Connects to the account and region of `target`.
    ///
    /// # Errors
    /// Wrong credentials, region or endpoint, told in under five seconds; a name that is found
    /// nowhere or twice.
    pub(crate) async fn open(cx: &Context, target: Target) -> Result<Self, CommandError> {
        let door = Door::new(cx).await?;
        let parts = match target {
            Target::File(file) => door.by_file(file).await?,
            Target::Name(stack) => door.by_name(stack).await?,
            Target::Past(stack) => door.by_record(stack).await?,
        };
        door.enter(parts).await?.at_host(cx).await
    }

    /// Connects to a stack that was found by the tags of one of its objects.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub(crate) async fn found(
        cx: &Context,
        (aws, caller): (Aws, Caller),
        stack: &str,
        tagged: &Tagged,
    ) -> Result<Self, CommandError> {
        let door = Door::new(cx).await?;
        let found = Found {
            region: tagged.region.clone(),
            ledger: tagged.tags.get(LEDGER_TAG).cloned(),
        };
        let home = door.home(&caller, stack, &found)?;
        let parts = door.named(stack.to_owned(), found.region, aws, caller, home);
        door.enter(parts.await?).await
    }

    /// The account alone, for what concerns no stack; in the region that was asked for.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub(crate) async fn account(cx: &Context) -> Result<(Aws, Caller), CommandError> {
        Door::new(cx).await?.anywhere().await
    }
}

impl<'a> Door<'a> {
    async fn new(cx: &'a Context) -> Result<Self, CommandError> {
        Ok(Self {
            cx,
            endpoint: cx.endpoint().await?,
        })
    }

    fn access(&self, region: &str) -> Access {
        Access {
            region: region.to_owned(),
            profile: self.cx.global.profile.clone(),
            endpoint_url: self.endpoint.clone(),
            dummy_credentials: self.cx.global.sandbox,
        }
    }

    async fn by_file(&self, file: Box<StackFile>) -> Result<Parts, CommandError> {
        let region = file.loaded.stack.region.to_string();
        let asked = self.cx.global.region.as_ref();
        if let Some(other) = asked.filter(|other| **other != region) {
            return Err(CommandError::usage(format!(
                "{} says region {region}, the command line says {other}",
                file.path.display()
            ))
            .hint("leave --region out: a stack's region is in its file"));
        }
        let aws = Aws::new(&self.access(&region)).await;
        let caller = aws.caller().await?;
        let home = match file.loaded.stack.ledger {
            Ledger::S3 => Location::of_account(&caller.account, &region),
            Ledger::Local => self.cx.local_ledger(Some(file.folder()))?,
        };
        Ok(Parts {
            stack: file.loaded.stack.stack.to_string(),
            region,
            aws,
            caller,
            file: Some(file),
            home,
        })
    }

    async fn by_name(&self, stack: String) -> Result<Parts, CommandError> {
        let (aws, caller) = self.anywhere().await?;
        let found = find_stack(&aws, &stack, None).await?;
        let found = match &self.cx.global.region {
            Some(region) => found
                .into_iter()
                .find(|found| found.region == *region)
                .unwrap_or_else(|| Found {
                    region: region.clone(),
                    ledger: None,
                }),
            None => one(&stack, found)?,
        };
        let home = self.home(&caller, &stack, &found)?;
        self.named(stack, found.region, aws, caller, home).await
    }

    /// The stack may be gone: then what the ledger has a record of is found.
    async fn by_record(&self, stack: String) -> Result<Parts, CommandError> {
        let (aws, caller) = self.anywhere().await?;
        let asked = self.cx.global.region.as_ref();
        let wanted = |region: &String| asked.is_none_or(|asked| asked == region);
        let mut found = find_stack(&aws, &stack, None).await?;
        found.retain(|found| wanted(&found.region));
        if found.is_empty() {
            let local = self.cx.local_ledger(ledger_folder(&caller, "", &stack))?;
            let local = self.cx.ledger()?.unwrap_or(local);
            let account = Location::of_account(&caller.account, aws.region());
            for location in [local, account] {
                let places = Store::at(&location, &aws, LEASE).places().await;
                let known = places.unwrap_or_default().into_iter().filter(|place| {
                    place.stack == stack && place.account == caller.account && wanted(&place.region)
                });
                let tag = location.tag();
                found.extend(known.map(|place| Found {
                    region: place.region,
                    ledger: Some(tag.clone()),
                }));
            }
        }
        let found = one(&stack, found)?;
        let home = self.home(&caller, &stack, &found)?;
        self.named(stack, found.region, aws, caller, home).await
    }

    /// Clients of some region, where none is known yet.
    async fn anywhere(&self) -> Result<(Aws, Caller), CommandError> {
        let said = self.cx.global.region.clone();
        let env = || {
            std::env::var("AWS_REGION")
                .or_else(|_| std::env::var("AWS_DEFAULT_REGION"))
                .ok()
        };
        let region = said.or_else(env).unwrap_or_else(|| "us-east-1".to_owned());
        let aws = Aws::new(&self.access(&region)).await;
        let caller = aws.caller().await?;
        Ok((aws, caller))
    }

    fn home(&self, caller: &Caller, stack: &str, found: &Found) -> Result<Location, CommandError> {
        let tag = found.ledger.as_ref();
        let tagged = tag.and_then(|tag| Location::tagged(tag, &caller.account, &found.region));
        match tagged {
            Some(location) => Ok(location),
            None => self
                .cx
                .local_ledger(ledger_folder(caller, &found.region, stack)),
        }
    }

    async fn named(
        &self,
        stack: String,
        region: String,
        aws: Aws,
        caller: Caller,
        home: Location,
    ) -> Result<Parts, CommandError> {
        let aws = match region == aws.region() {
            true => aws,
            false => Aws::new(&self.access(&region)).await,
        };
        Ok(Parts {
            stack,
            region,
            aws,
            caller,
            file: None,
            home,
        })
    }

    async fn enter(&self, parts: Parts) -> Result<Session, CommandError> {
        let asked = self.cx.ledger()?;
        // A folder that is asked for is this run's own; a bucket is where others will look too.
        let home = match &asked {
            Some(bucket @ Location::Bucket { .. }) => bucket.clone(),
            _ => parts.home,
        };
        let location = asked.unwrap_or_else(|| home.clone());
        if let (true, Location::Bucket { name, .. }) = (self.cx.global.sandbox, &location)
            && !bucket_exists(&parts.aws, name).await?
        {
            bootstrap(&parts.aws, name).await?;
        }
        let lease = seconds(LEASE_VARIABLE, LEASE)?;
        let lag = match self.cx.global.sandbox {
            true => Duration::ZERO,
            false => LAG,
        };
        Ok(Session {
            access: self.access(&parts.region),
            place: Place {
                account: parts.caller.account.clone(),
                region: parts.region.clone(),
                stack: parts.stack.clone(),
            },
            store: Store::at(&location, &parts.aws, lease),
            lag: seconds(LAG_VARIABLE, lag)?,
            home,
            skip_copies: false,
            stack: parts.stack,
            region: parts.region,
            aws: parts.aws,
            caller: parts.caller,
            file: parts.file,
        })
    }
}

/// A time that a variable of the environment may replace.
fn seconds(variable: &str, usual: Duration) -> Result<Duration, CommandError> {
    let Ok(text) = std::env::var(variable) else {
        return Ok(usual);
    };
    let seconds = text.parse().map(Duration::from_secs);
    seconds.map_err(|err| {
        CommandError::usage(format!(
            "{variable}={text} is not a number of seconds: {err}"
        ))
    })
}

fn one(stack: &str, mut found: Vec<Found>) -> Result<Found, CommandError> {
    match found.len() {
        0 => Err(CommandError::new(Exit::Failed, format!("no stack {stack} was found in any enabled region"))
            .hint("check the name, --profile and the endpoint: the account asked is the one of these credentials")),
        1 => Ok(found.remove(0)),
        _ => {
            let regions: Vec<String> = found.into_iter().map(|found| found.region).collect();
            Err(CommandError::usage(format!("stack {stack} exists in {}", regions.join(" and ")))
                .hint("say which one is meant with --region"))
        }
    }
}

/// Where a stack's ledger is when only its name is known: `.bella` here or in `stacks/`.
fn ledger_folder(caller: &Caller, region: &str, stack: &str) -> Option<PathBuf> {
    [PathBuf::from("."), PathBuf::from("stacks")]
        .into_iter()
        .find(|folder| {
            let account = folder.join(".bella").join(&caller.account);
            match region {
                "" => account.is_dir(),
                _ => account.join(region).join(stack).is_dir(),
            }
        })
}
