//! Stopping and starting a stack, until it is so.

use std::time::Duration;

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::retry::{Backoff, Clock};

use super::seen::{Place, Seen, see};
use super::turn::{Call, Wanted, next};
use crate::clients::Aws;
use crate::error::refused;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};

/// What is said on the way.
#[derive(Clone, Debug)]
pub enum Told<'a> {
    /// A call was made.
    Made(Call),
    /// What is waited for.
    Waits(&'a [String]),
}

/// Why the stack is not where it was to be.
#[derive(Debug, thiserror::Error)]
pub enum NotTurned {
    /// AWS refuses.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// It takes longer than somebody wanted to wait; AWS goes on with it.
    #[error("after {} s this is still waited for: {}", within.as_secs(), waits.join("; "))]
    TooLong {
        /// What.
        waits: Vec<String>,
        /// How long it was waited for.
        within: Duration,
    },
}

/// Makes the calls that lead there, each when its turn is, and waits until the stack is there; what was done. A stack that is there
/// already is left alone.
///
/// # Errors
/// AWS refuses, or it is not there within that time.
pub async fn carry(
    aws: &Aws,
    place: &Place,
    wanted: Wanted,
    clock: &dyn Clock,
    within: Duration,
    tell: &dyn Fn(Told<'_>),
) -> Result<(Seen, Vec<Call>), NotTurned> {
    let mut backoff = Backoff::polling();
    let mut made: Vec<Call> = Vec::new();
    let mut said = Vec::new();
    loop {
        let seen = see(aws, place).await?;
        let next = next(&seen, wanted);
        for call in &next.calls {
            match make(aws, place, *call).await {
                Ok(()) => {
                    tell(Told::Made(*call));
                    made.push(*call);
                }
                // Its state has moved meanwhile: the next look says where to.
                Err(error) if error.fault == Fault::NotYet => {}
                Err(error) => return Err(error.into()),
            }
        }
        if next.calls.is_empty() && next.waits.is_empty() {
            return Ok((seen, made));
        }
        if next.calls.is_empty() && next.waits != said {
            tell(Told::Waits(&next.waits));
            said.clone_from(&next.waits);
        }
        match backoff.within(within, clock.chance()) {
            Some(wait) => clock.sleep(wait).await,
            None => {
                let mut waits = next.waits;
                waits.extend(
                    next.calls
                        .iter()
                        .map(|call| format!("{call:?} to take effect")),
                );
                return Err(NotTurned::TooLong { waits, within });
            }
        }
    }
}

async fn make(aws: &Aws, place: &Place, call: Call) -> Result<(), CloudError> {
    let count = |tasks: u32| i32::try_from(tasks).unwrap_or(i32::MAX);
    match (call, &place.scaled, &place.database) {
        (Call::Bounds(least), Some(id), _) => {
            let call = aws
                .autoscaling
                .register_scalable_target()
                .service_namespace(ServiceNamespace::Ecs);
            let call = call
                .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
                .resource_id(id)
                .min_capacity(count(least));
            call.send().await.map_err(refused)?;
        }
        (Call::Tasks(tasks), _, _) => {
            let call = aws
                .ecs
                .update_service()
                .cluster(&place.cluster)
                .service(&place.service);
            call.desired_count(count(tasks))
                .send()
                .await
                .map_err(refused)?;
        }
        (Call::StopDatabase, _, Some(id)) => {
            aws.rds
                .stop_db_instance()
                .db_instance_identifier(id)
                .send()
                .await
                .map_err(refused)?;
        }
        (Call::StartDatabase, _, Some(id)) => {
            aws.rds
                .start_db_instance()
                .db_instance_identifier(id)
                .send()
                .await
                .map_err(refused)?;
        }
        // What is not there is asked for by nobody.
        (Call::Bounds(_), None, _) | (Call::StopDatabase | Call::StartDatabase, _, None) => {}
    }
    Ok(())
}
