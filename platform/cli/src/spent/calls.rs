//! What the service's own calls came to.

use bella_aws::secrets;
use bella_engine::live::Live;
use bella_finance::variable::{Calls, Tariff, Variable, variable};
use bella_finance::windows::Window;
use bella_finance::{About, Finding};
use bella_smoke::{Door, Keys};
use bella_stack::APP_SECRET;
use rust_decimal::Decimal;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::CommandError;
use crate::session::Session;

/// What each part of a call costs, as the service itself prices them.
const TARIFF: &str = include_str!("../../../../service/src/tariff/tariff.json");

/// Asks the service what its calls of a month used, and prices it; `None` where nothing runs or nobody answers, which is a finding.
pub(crate) async fn calls(
    cx: &Context,
    session: &Session,
    live: Option<&Live>,
    (window, infrastructure_usd): (Window, Decimal),
    findings: &mut Vec<Finding>,
) -> Option<Variable> {
    let live = live?;
    let runs = live
        .objects
        .iter()
        .any(|object| object.kind == "ecs_service");
    if !runs {
        return None;
    }
    match asked(cx, session, live, window).await {
        Ok(calls) => {
            let tariff = Tariff::read(TARIFF).ok()?;
            Some(variable(&calls, &tariff, infrastructure_usd))
        }
        Err(why) => {
            let text =
                format!("did not say what its calls used, so that they are in no figure: {why}");
            let subject = format!("{} service", session.stack);
            findings.push(Finding::new(About::UnknownInterval, subject, text));
            None
        }
    }
}

async fn asked(
    cx: &Context,
    session: &Session,
    live: &Live,
    window: Window,
) -> Result<Calls, String> {
    let said = |why: CommandError| why.lines.join("; ");
    let known = live.objects.iter();
    let known = known.map(|object| (object.address.clone(), object.outputs.clone()));
    let outputs = session.outputs(&known.collect());
    let public = outputs.iter().find(|(name, _)| name == "url");
    let public = public
        .map(|(_, url)| url.clone())
        .ok_or("it has no address")?;
    let url = match cx.global.sandbox {
        true => cx.sandbox_up().await.map_err(said)?.service_url,
        false => None,
    };
    if url.is_none() && !public.starts_with("https://") {
        return Err("it is served without TLS, and its API key does not cross a network in the clear; give the stack a `domain`".to_owned());
    }
    let texts = secrets::texts(&session.aws, &session.stack, APP_SECRET).await;
    let mut texts = texts.map_err(|why| why.to_string())?.unwrap_or_default();
    let key = texts
        .remove("BELLA_API_KEY")
        .ok_or("its secret app has no BELLA_API_KEY")?;
    // While it is rotated it is a list, newest first.
    let newest = key.split(',').next().unwrap_or_default();
    let keys = Keys {
        twilio_auth_token: Zeroizing::default(),
        api_key: Zeroizing::new(newest.to_owned()),
    };
    let door = Door::new(url.as_deref().unwrap_or(&public), &public, keys)?;
    let (from, until) = (window.start().to_string(), window.end().to_string());
    let answer = door.usage(&from, &until).await?;
    serde_json::from_value(answer).map_err(|why| format!("its answer is not understood: {why}"))
}
