//! The time by which schedules are carried out.

use bella_engine::cloud::CloudError;
use bella_engine::live::Live;
use jiff::Timestamp;

use crate::answer_date::AnswerDate;
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// What time EventBridge Scheduler has: a machine whose own clock is wrong shows a stack to be on that is off. The machine's, where
/// the stack has no schedules to ask about.
///
/// # Errors
/// Scheduler refuses to list a group.
pub async fn now(aws: &Aws, live: &Live) -> Result<Timestamp, CloudError> {
    let groups = live
        .objects
        .iter()
        .filter(|object| object.kind == "schedule_group");
    let Some(group) = groups.map(|group| group.id.clone()).next() else {
        return Ok(Timestamp::now());
    };
    let date = AnswerDate::default();
    let call = aws
        .scheduler
        .list_schedules()
        .group_name(group)
        .max_results(1);
    call.customize()
        .interceptor(date.clone())
        .send()
        .await
        .map_err(refused)?;
    Ok(timestamp(date.last().as_ref()).unwrap_or_else(Timestamp::now))
}
