use super::pending_subscriptions::is_pending;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unsubscribe-pending-refused",
    about: About::refuses(
        "A subscription that waits for confirmation is not unsubscribed: it goes by itself or with its topic.",
    ),
    service: "sns",
    operations: &["Unsubscribe"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let is_pending = is_pending(turn, form.text("SubscriptionArn")).await?;
        Ok(is_pending.then(|| {
            Refused::new(
                "InvalidParameter",
                "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation",
            )
        }))
    })
}
