//! Kinds broken on purpose, each around a sound one.

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Catalog, Disposition, Example, Identity, Kind, Made, Observed, Of, Owner, Pending, Phase, Tags,
};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::fake::kinds::{Gate, Net, Revision, Rule, Service, Store, Subnet};
use crate::fake::{Fake, Look};

/// What is wrong with a kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fracture {
    /// Looked for by name and address, nothing is found.
    Blind,
    /// Ownership is written down in a second call.
    TagsLater,
    /// A create whose answer was lost is simply made again.
    Again,
    /// What is not ready is not listed.
    OnlyReady,
    /// Listing is refused.
    Unlisted,
    /// What a new one comes with is taken away by its create call.
    StripsInCreate,
    /// A delete says done and does nothing.
    DeletesNothing,
}

struct Broken {
    sound: &'static dyn Kind<Fake>,
    fracture: Fracture,
}

/// Every kind, broken in one way.
macro_rules! all_broken {
    ($fracture:ident) => {
        &[
            &Broken {
                sound: &Of::<Net>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Subnet>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Rule>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Gate>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Store>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Revision>::NEW,
                fracture: Fracture::$fracture,
            },
            &Broken {
                sound: &Of::<Service>::NEW,
                fracture: Fracture::$fracture,
            },
        ]
    };
}

pub(crate) static BLIND: Catalog<Fake> = all_broken!(Blind);
pub(crate) static TAGS_LATER: Catalog<Fake> = all_broken!(TagsLater);
pub(crate) static AGAIN: Catalog<Fake> = all_broken!(Again);
pub(crate) static ONLY_READY: Catalog<Fake> = all_broken!(OnlyReady);
pub(crate) static UNLISTED: Catalog<Fake> = all_broken!(Unlisted);
pub(crate) static STRIPS_IN_CREATE: Catalog<Fake> = all_broken!(StripsInCreate);
pub(crate) static DELETES_NOTHING: Catalog<Fake> = all_broken!(DeletesNothing);

impl Kind<Fake> for Broken {
    fn list<'a>(&'a self, look: &'a Look) -> Pending<'a, Result<Vec<Observed<Value>>, CloudError>> {
        let sought = look.focus.as_ref().is_some_and(|who| who.id.is_none());
        Box::pin(async move {
            let mut seen = self.sound.list(look).await?;
            match self.fracture {
                Fracture::Blind if sought => seen.clear(),
                Fracture::OnlyReady if look.focus.is_none() => {
                    seen.retain(|object| object.phase == Phase::Ready);
                }
                Fracture::Unlisted => {
                    return Err(CloudError::new(
                        Fault::Denied,
                        "fake",
                        "list",
                        "not allowed",
                    ));
                }
                _ => {}
            }
            Ok(seen)
        })
    }

    fn create<'a>(
        &'a self,
        fake: &'a Fake,
        who: &'a Identity,
        props: &'a Value,
    ) -> Pending<'a, Result<Made<Value>, CloudError>> {
        Box::pin(async move {
            match self.fracture {
                Fracture::TagsLater => {
                    let nobody = Identity {
                        tags: Tags::new(),
                        ..who.clone()
                    };
                    let made = self.sound.create(fake, &nobody, props).await?;
                    let who = Identity {
                        id: Some(made.id.clone()),
                        ..who.clone()
                    };
                    self.sound.tag(fake, &who, &[]).await?;
                    Ok(made)
                }
                Fracture::Again => match self.sound.create(fake, who, props).await {
                    Err(error) if error.fault == Fault::Ambiguous => {
                        self.sound.create(fake, who, props).await
                    }
                    answer => answer,
                },
                Fracture::StripsInCreate => {
                    let made = self.sound.create(fake, who, props).await?;
                    let who = Identity {
                        id: Some(made.id.clone()),
                        ..who.clone()
                    };
                    self.sound.strip(fake, &who).await?;
                    Ok(made)
                }
                _ => self.sound.create(fake, who, props).await,
            }
        })
    }

    fn settles(&self, from: &Value, to: &Value) -> bool {
        self.sound.settles(from, to)
    }

    fn delete<'a>(
        &'a self,
        fake: &'a Fake,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        match self.fracture {
            Fracture::DeletesNothing => Box::pin(std::future::ready(Ok(()))),
            _ => self.sound.delete(fake, who),
        }
    }

    fn update<'a>(
        &'a self,
        fake: &'a Fake,
        who: &'a Identity,
        from: &'a Value,
        to: &'a Value,
    ) -> Pending<'a, Result<(), CloudError>> {
        self.sound.update(fake, who, from, to)
    }

    fn tag<'a>(
        &'a self,
        fake: &'a Fake,
        who: &'a Identity,
        gone: &'a [String],
    ) -> Pending<'a, Result<(), CloudError>> {
        self.sound.tag(fake, who, gone)
    }

    fn is_stripped(&self) -> bool {
        self.sound.is_stripped() && self.fracture != Fracture::StripsInCreate
    }

    fn strip<'a>(
        &'a self,
        fake: &'a Fake,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        self.sound.strip(fake, who)
    }

    fn kind(&self) -> &'static str {
        self.sound.kind()
    }
    fn service(&self) -> &'static str {
        self.sound.service()
    }
    fn outputs(&self) -> &'static [&'static str] {
        self.sound.outputs()
    }
    fn immutable(&self) -> &'static [&'static str] {
        self.sound.immutable()
    }
    fn exclusive(&self) -> &'static [&'static str] {
        self.sound.exclusive()
    }
    fn owner(&self) -> Owner {
        self.sound.owner()
    }
    fn disposition(&self) -> Disposition {
        self.sound.disposition()
    }
    fn last_copy(&self) -> Option<&'static str> {
        self.sound.last_copy()
    }
    fn naming(&self) -> Naming {
        self.sound.naming()
    }
    fn actions(&self) -> &'static [&'static str] {
        self.sound.actions()
    }
    fn schema(&self) -> Value {
        self.sound.schema()
    }
    fn normalize(&self, properties: &Value) -> Result<Value, String> {
        self.sound.normalize(properties)
    }
    fn terraform_outputs(&self) -> &'static [(&'static str, &'static str)] {
        self.sound.terraform_outputs()
    }

    fn terraform(&self, properties: &Value, exported: &Exported<'_>) -> Result<Vec<Block>, String> {
        self.sound.terraform(properties, exported)
    }

    fn usage(&self, properties: &Value, assumptions: &Assumptions) -> Result<Usage, String> {
        self.sound.usage(properties, assumptions)
    }
    fn running(
        &self,
        properties: &Value,
        hours: Decimal,
        way: &str,
    ) -> Result<Vec<Quantity>, String> {
        self.sound.running(properties, hours, way)
    }
    fn example(&self) -> Example {
        self.sound.example()
    }
}
