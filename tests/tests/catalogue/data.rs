//! Stores of data, where one loop over examples does not reach: what only grows, what a deletion
//! keeps, and the password that is not ours.

use bella_aws::census::{Wanted, census, copies};
use bella_engine::plan::{Action, Origin};
use bella_tests::{Bed, Declared};
use serde_json::json;

use crate::apart::{Outcome, Stage};
use crate::one_kind::brief;
use crate::setting::Setting;

/// Versions of caches, which go up only.
const UPGRADED: [(&str, &str); 2] = [
    ("replication_group", "engine_version"),
    ("serverless_cache", "major_engine_version"),
];

impl Stage<'_> {
    pub(crate) async fn stores(&self, chosen: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |what: &str, outcome: Outcome| {
            found.extend(outcome.err().map(|why| format!("{what}: {why}")));
        };
        if chosen.contains(&"secret") {
            note("a restored secret", self.restored_secret().await);
        }
        if chosen.contains(&"db_instance") {
            note("a final snapshot", self.last_snapshot().await);
            note("a growing database", self.growing_database().await);
            note("a password of others", self.password_of_others().await);
        }
        for (kind, path) in UPGRADED {
            if chosen.contains(&kind) {
                note(path, self.upgraded_cache(kind, path).await);
            }
        }
        found
    }

    /// A secret that was deleted with a way back comes back, as the same one and with the stack's
    /// newer words.
    async fn restored_secret(&self) -> Outcome {
        let setting = self.setting("secret");
        let bed = self.bed("a-restored", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        let secret = bed.object(&setting.whole(), &setting.address).await?;
        self.deleted_with_copy(&bed, &setting).await?;
        self.kept(&bed, &["secret"]).await?;
        let newer = setting.changed("description", &json!("Newer words"));
        bed.provision(&newer).await?;
        nothing_left(&bed, &newer).await?;
        let restored = bed.object(&newer, &setting.address).await?;
        if restored.id != secret.id {
            return Err(format!("{} was made beside {}", restored.id, secret.id));
        }
        self.removed(&bed, &newer).await?;
        self.kept(&bed, &[]).await
    }

    /// A database leaves a final snapshot when one is wanted, and nothing else.
    async fn last_snapshot(&self) -> Outcome {
        let setting = self.setting("db_instance");
        let bed = self.bed("a-snapshot", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        self.deleted_with_copy(&bed, &setting).await?;
        self.kept(&bed, &["final snapshot"]).await?;
        self.removed(&bed, &setting.parents).await?;
        let rds = &self.aws.rds;
        let shown = rds.describe_db_snapshots().send().await;
        for snapshot in shown.map_err(|why| format!("{why:?}"))?.db_snapshots() {
            let name = snapshot.db_snapshot_identifier().unwrap_or_default();
            let call = rds.delete_db_snapshot().db_snapshot_identifier(name);
            call.send().await.map_err(|why| format!("{why:?}"))?;
        }
        self.kept(&bed, &[]).await
    }

    /// Storage and versions go up in place; storage that would shrink is refused with the way out.
    async fn growing_database(&self) -> Outcome {
        let mut setting = self.setting("db_instance");
        let bed = self.bed("a-growing", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        for (path, value) in [("storage_gb", json!(40)), ("engine_version", json!("17"))] {
            setting.example.properties[path] = value;
            updated(&bed, &setting, &[path], Origin::Stack).await?;
        }
        let smaller = setting.changed("storage_gb", &json!(20));
        match bed.provision(&smaller).await {
            Err(why) if why.contains("RDS gives none back") => {}
            other => return Err(format!("a smaller disk: {other:?}")),
        }
        self.removed(&bed, &setting.whole()).await
    }

    /// Somebody who gives the master user a password takes it out of RDS's hands; the next run
    /// gives it back.
    async fn password_of_others(&self) -> Outcome {
        let setting = self.setting("db_instance");
        let bed = self.bed("a-password", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        let database = bed.object(&setting.whole(), &setting.address).await?;
        let call = self.aws.rds.modify_db_instance();
        let call = call
            .db_instance_identifier(&database.outputs["identifier"])
            .manage_master_user_password(false)
            .master_user_password("somebody-elses-password")
            .apply_immediately(true);
        call.send().await.map_err(|why| format!("{why:?}"))?;
        updated(&bed, &setting, &["manage_master_password"], Origin::Drift).await?;
        let database = bed.object(&setting.whole(), &setting.address).await?;
        if database.outputs["master_secret"].is_empty() {
            return Err("it names no secret".to_owned());
        }
        self.removed(&bed, &setting.whole()).await
    }

    /// Versions of caches go up in place.
    async fn upgraded_cache(&self, kind: &str, path: &str) -> Outcome {
        let (older, newer) = match path {
            "major_engine_version" => ("7", "8"),
            _ => ("7.2", "8.0"),
        };
        let mut setting = self.setting(kind);
        setting.example.properties[path] = json!(older);
        let bed = self.bed("a-upgraded", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        setting.example.properties[path] = json!(newer);
        updated(&bed, &setting, &[path], Origin::Stack).await?;
        self.removed(&bed, &setting.whole()).await
    }

    async fn deleted_with_copy(&self, bed: &Bed, setting: &Setting) -> Outcome {
        let object = bed.object(&setting.whole(), &setting.address).await?;
        let mut who = bed.who(&setting.address, &object);
        who.keep_copy = true;
        let kind = bed.kind(&setting.address);
        let gone = kind.delete(self.aws, &who).await;
        gone.map_err(|why| why.to_string())?;
        match bed.objects(&setting.whole(), &setting.address).await?.len() {
            0 => Ok(()),
            count => Err(format!("{count} are still listed")),
        }
    }

    /// The copies that the census knows are of these sorts, and it takes none for a survivor.
    async fn kept(&self, bed: &Bed, sorts: &[&str]) -> Outcome {
        let wanted = Wanted {
            stack: bed.stack().to_owned(),
            vpcs: std::collections::BTreeSet::new(),
        };
        let found = copies(self.aws, &wanted).await;
        let found = found.map_err(|why| why.to_string())?;
        let survivors = census(self.aws, &wanted).await;
        let survivors = survivors.map_err(|why| why.to_string())?;
        let is_copy = |survivor: &_| found.contains(survivor);
        let same = found.iter().map(|copy| copy.what).eq(sorts.iter().copied());
        match same && !survivors.iter().any(is_copy) {
            true => Ok(()),
            false => Err(format!("copies {found:?}, survivors {survivors:?}")),
        }
    }
}

/// The plan updates exactly these fields, and the run that follows leaves nothing to do.
async fn updated(bed: &Bed, setting: &Setting, fields: &[&str], origin: Origin) -> Outcome {
    let whole = setting.whole();
    let plan = bed.plan(&whole).await.map_err(|why| format!("{why:?}"))?;
    let planned = plan.changes.iter().flat_map(|change| &change.fields);
    let fits = planned
        .map(|field| field.change.path.as_str())
        .eq(fields.iter().copied());
    let is_one = matches!(&plan.changes[..], [change]
        if change.action == Action::Update && change.origin == origin);
    if !fits || !is_one {
        return Err(format!(
            "an update of {fields:?} was expected: {}",
            brief(&plan)
        ));
    }
    bed.provision(&whole).await?;
    nothing_left(bed, &whole).await
}

async fn nothing_left(bed: &Bed, declared: &Declared) -> Outcome {
    let plan = bed.plan(declared).await.map_err(|why| format!("{why:?}"))?;
    match plan.changes.is_empty() {
        true => Ok(()),
        false => Err(format!("the second plan: {}", brief(&plan))),
    }
}
