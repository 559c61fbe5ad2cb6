//! What AWS shows of a stack's objects that may be paid for and do nothing.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Filter;
use bella_engine::address::Address;
use bella_engine::cloud::CloudError;
use bella_engine::live::{Live, Object};
use bella_engine::planner::STACK_TAG;
use bella_finance::idle::Seen;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::clients::Aws;
use crate::error::refused;
use crate::measured::{self, Series};
use crate::nights;

/// So far back a balancer's requests are looked for.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(48);
/// Requests are counted by the hour.
const PERIOD: SignedDuration = SignedDuration::from_hours(1);

/// Looks at what can rest (service and database), at balancers' requests of the last two days and at addresses that nothing holds.
///
/// `hourly` is what each object costs, US dollars an hour; one without a price is not idle. At most five calls.
///
/// # Errors
/// AWS refuses a read.
pub async fn look(
    aws: &Aws,
    (live, stack): (&Live, &str),
    (service, database): (&Address, &Address),
    hourly: &BTreeMap<Address, Decimal>,
    now: Timestamp,
) -> Result<Vec<Seen>, CloudError> {
    let resting = match nights::Place::of(live, service, database) {
        None => BTreeMap::new(),
        Some(place) => {
            let seen = nights::see(aws, &place).await?;
            BTreeMap::from([
                (service, seen.running_tasks > 0),
                (database, place.database.is_some() && seen.is_up()),
            ])
        }
    };
    let empty = empty_balancers(aws, live, now).await?;
    let alone = unattached(aws, stack).await?;
    let objects = live.objects.iter();
    let seen = objects.filter_map(|object| {
        let address = &object.address;
        Some(Seen {
            address: address.clone(),
            hourly_usd: *hourly.get(address)?,
            running: resting.get(address).copied(),
            empty_since: empty.get(address).copied(),
            // AWS does not say since when: from its creation, or from now.
            unattached_since: alone
                .contains(&object.id)
                .then_some(object.created.unwrap_or(now)),
        })
    });
    Ok(seen.collect())
}

async fn empty_balancers(
    aws: &Aws,
    live: &Live,
    now: Timestamp,
) -> Result<BTreeMap<Address, Timestamp>, CloudError> {
    let balancers = live.objects.iter();
    let balancers: Vec<&Object> = balancers
        .filter(|object| object.kind == "load_balancer")
        .collect();
    let series: Vec<Series> = balancers.iter().filter_map(|one| requests(one)).collect();
    if series.len() != balancers.len() || balancers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let from = now - LOOKED_BACK;
    let period = i32::try_from(PERIOD.as_secs()).unwrap_or(i32::MAX);
    let window = (from.as_second(), now.as_second());
    let found = measured::read(aws, &series, window, period).await?;
    let each = balancers.iter().zip(found).map(|(balancer, values)| {
        let used = values.iter().filter(|(_, requests)| *requests > 0.0);
        let last = used.map(|(begins, _)| begins + PERIOD.as_secs()).max();
        let last = last.and_then(|second| Timestamp::from_second(second).ok());
        let since = last.unwrap_or(from);
        let since = balancer.created.map_or(since, |created| since.max(created));
        (balancer.address.clone(), since)
    });
    Ok(each.collect())
}

/// Requests of a balancer; CloudWatch knows it by the end of its ARN.
fn requests(balancer: &Object) -> Option<Series> {
    let (_, name) = balancer.id.split_once(":loadbalancer/")?;
    Some(Series {
        namespace: "AWS/ApplicationELB".to_owned(),
        metric: "RequestCount".to_owned(),
        statistic: "Sum".to_owned(),
        dimensions: vec![("LoadBalancer".to_owned(), name.to_owned())],
    })
}

/// Ids of the stack's addresses that are attached to nothing.
async fn unattached(aws: &Aws, stack: &str) -> Result<Vec<String>, CloudError> {
    let own = Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(stack);
    let call = aws.ec2.describe_addresses().filters(own.build());
    let answer = call.send().await.map_err(refused)?;
    let alone = answer.addresses().iter();
    let alone = alone.filter(|address| address.association_id().is_none());
    let ids = alone.filter_map(|address| address.allocation_id().map(str::to_owned));
    Ok(ids.collect())
}
