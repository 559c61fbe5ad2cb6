use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: InstanceSettings = InstanceSettings;

pub(crate) struct InstanceSettings;

/// By the instance's resource id, which is never used again.
type Kept = BTreeMap<String, Settings>;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Settings {
    upgrades: Option<String>,
    authority: Option<String>,
    backups: Option<String>,
    logs: BTreeSet<String>,
}

impl Rule for InstanceSettings {
    fn name(&self) -> &'static str {
        "database-settings-kept"
    }

    fn about(&self) -> About {
        About::corrects(
            "What the emulator forgets of an instance's settings: minor upgrades, certificate authority, the \
             window of backups, exported logs.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateDBInstance",
                "DescribeDBInstances",
                "ModifyDBInstance",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    if !turn.call.is_read() {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        if let Some(instance) = xml::find(document.root(), "DBInstance") {
            let id = xml::text(instance, "DbiResourceId").to_owned();
            let form = turn.form();
            let keep = |kept: &mut Kept| note(kept.entry(id).or_default(), &form);
            // Should it not be saved, the emulator's defaults show.
            let _ = turn.store.change(rule, keep);
        }
    }
    Ok(told(answer, &turn.store.read(rule)))
}

fn note(settings: &mut Settings, form: &Form) {
    let text = |name: &str| form.get(name).map(str::to_owned);
    settings.upgrades = text("AutoMinorVersionUpgrade").or(settings.upgrades.take());
    settings.authority = text("CACertificateIdentifier").or(settings.authority.take());
    settings.backups = text("PreferredBackupWindow").or(settings.backups.take());
    let exports = "CloudwatchLogsExportConfiguration";
    let on = [
        form.list("EnableCloudwatchLogsExports"),
        form.list(&format!("{exports}.EnableLogTypes")),
    ];
    let logs = on.into_iter().flatten().map(str::to_owned);
    settings.logs.extend(logs);
    for log in form.list(&format!("{exports}.DisableLogTypes")) {
        settings.logs.remove(log);
    }
}

fn told(answer: Answer, kept: &Kept) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for id in document.descendants() {
        let settings = kept.get(id.text().unwrap_or_default());
        let (Some(instance), Some(settings)) = (id.parent(), settings) else {
            continue;
        };
        if id.tag_name().name() != "DbiResourceId" {
            continue;
        }
        let logs: String = settings
            .logs
            .iter()
            .map(|log| format!("<member>{log}</member>"))
            .collect();
        let values = [
            ("AutoMinorVersionUpgrade", settings.upgrades.as_deref()),
            ("CACertificateIdentifier", settings.authority.as_deref()),
            ("PreferredBackupWindow", settings.backups.as_deref()),
            ("EnabledCloudwatchLogsExports", Some(logs.as_str())),
        ];
        for (name, value) in values {
            if let (Some(node), Some(value)) = (xml::child(instance, name), value) {
                edits.set_content(node, value);
            }
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}
