use bella_aws::ephemeral::of_stack;
use bella_engine::cost::number;
use bella_engine::live::Object;
use bella_engine::resource::Phase;
use clap::Args as ClapArgs;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::id::short;
use crate::render::table::table;
use crate::session::Session;
use crate::spent::line::{Now, by_meter};
use crate::target::Target;

/// Show what a stack has, the state of each object, and what it costs.
///
/// What it costs is metered: Cost Explorer, which charges for each request, is asked by `bella cost report` only.
///
/// Example: bella status bella-dev --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(&args.stack)?).await?;
    let live = session.look().await?;
    let money = match live.objects.is_empty() {
        true => None,
        false => {
            let vpcs = of_stack(&session.aws, &session.stack).await?;
            Some(by_meter(&session, &live, vpcs.first(), Timestamp::now()).await?)
        }
    };
    let addresses = session.addresses(&live).await?;
    let address = |object: &Object| {
        let known = addresses.get(&(object.kind.clone(), object.id.clone()));
        known.unwrap_or(&object.address).to_string()
    };
    session.note_calls(cx);
    if cx.ui.json {
        cx.ui.document(&json!({
            "stack": session.stack,
            "region": session.region,
            "account": session.caller.account,
            "cost": money.as_ref().map(|money| json!({
                "currency": "USD",
                "hourly_usd": number(money.hourly_usd.round_dp(4)),
                "month_to_date_usd": number(money.accrued_usd),
                "forecast_usd": number(money.forecast_usd),
                "budget_monthly_usd": money.budget_usd.and_then(number),
            })),
            "expires": money.as_ref().and_then(|money| money.expires),
            "objects": live.objects.iter().map(|object| document(object, &address(object))).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    if live.objects.is_empty() {
        cx.ui.data(&format!(
            "{} has nothing in {} ({}).",
            session.stack, session.region, session.caller.account
        ));
        return Ok(Exit::Done);
    }
    let mut rows: Vec<Vec<String>> = live
        .objects
        .iter()
        .map(|object| row(object, address(object)))
        .collect();
    rows.sort();
    cx.ui
        .data(&table(&["ADDRESS", "STATE", "CREATED", "ID"], &rows));
    let ready = live
        .objects
        .iter()
        .filter(|object| object.phase == Phase::Ready)
        .count();
    cx.ui.note(&format!(
        "\n{} in {} ({}): {} objects, {ready} ready.",
        session.stack,
        session.region,
        session.caller.account,
        rows.len()
    ));
    session.note_absent(cx, (&live, None), &args.stack)?;
    if let Some(money) = &money {
        cx.ui.note(&said(money));
    }
    Ok(Exit::Done)
}

/// What it costs, in two lines at most.
fn said(money: &Now) -> String {
    let budget = money
        .budget_usd
        .map(|usd| format!(" of a budget of ${usd:.2}"));
    let ends = money.expires.map(|at| {
        format!(
            "\nIts time is over at {}.",
            at.strftime("%Y-%m-%d %H:%M UTC")
        )
    });
    format!(
        "${:.4} an hour now; ${:.2} this month so far, ${:.2} expected by its end{}.{}",
        money.hourly_usd,
        money.accrued_usd,
        money.forecast_usd,
        budget.unwrap_or_default(),
        ends.unwrap_or_default()
    )
}

fn state(phase: &Phase) -> String {
    match phase {
        Phase::Ready => "ready".to_owned(),
        Phase::Pending(word) => word.clone(),
        Phase::Failed(why) => format!("failed: {why}"),
        Phase::Deleting => "deleting".to_owned(),
    }
}

fn row(object: &Object, address: String) -> Vec<String> {
    let created = object
        .created
        .map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string());
    vec![
        address,
        state(&object.phase),
        created.unwrap_or_else(|| "-".to_owned()),
        short(&object.id).to_owned(),
    ]
}

fn document(object: &Object, address: &str) -> Value {
    json!({
        "address": address,
        "kind": object.kind,
        "id": object.id,
        "state": state(&object.phase),
        "created": object.created,
        "outputs": object.outputs,
    })
}
