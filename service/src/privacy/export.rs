//! Everything that is known of a person, for that person.

use bella_domain::phone::Mobile;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sqlx::Connection;

use crate::db::{Actor, AuditLine, Database, DbError, Filter, Ts, WORK, audit, person};

/// What is told of a person; of nobody, `{}`. Moments are RFC 3339 in the zone of the business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    #[serde(skip_serializing_if = "Option::is_none")]
    personal_data: Option<Personal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointments: Option<Vec<Told>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Personal {
    name: String,
    mobile: String,
    created: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Told {
    date: String,
    duration: u16,
    status: &'static str,
}

impl Export {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.personal_data.is_none()
    }
}

impl Database {
    /// Everything that is known of whoever has this number; that it was told is audited.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn export(&self, actor: Actor, mobile: &Mobile) -> Result<Export, DbError> {
        let Some(personal_data) = self.personal(actor, mobile).await? else {
            return Ok(Export {
                personal_data: None,
                appointments: None,
            });
        };
        let mut filter = Filter {
            mobile: Some(mobile.clone()),
            ..Filter::default()
        };
        let mut told = Vec::new();
        loop {
            let page = self.appointments(&filter, 500).await?;
            filter.after = page.last().map(|row| (row.start, row.id));
            told.extend(page.into_iter().map(|row| Told {
                date: self.told(row.start),
                duration: row.minutes,
                status: row.status.as_str(),
            }));
            if filter.after.is_none() {
                break;
            }
        }
        Ok(Export {
            personal_data: Some(personal_data),
            appointments: Some(told),
        })
    }

    async fn personal(&self, actor: Actor, mobile: &Mobile) -> Result<Option<Personal>, DbError> {
        let indexes = self.vault().indexes(mobile);
        self.bounded("telling a person what is known of them", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = held.begin().await?;
            let found = sqlx::query!(
                r#"select id, name as "name!", mobile as "mobile!", created_at as "created: Ts" from users
                where mobile_index = any($1) order by created_at limit 1"#,
                &indexes,
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let mut personal = None;
            if let Some(found) = found {
                let vault = self.vault();
                personal = Some(Personal {
                    name: person::open_name(vault, found.id, &found.name)?.as_str().to_owned(),
                    mobile: person::open_mobile(vault, found.id, &found.mobile)?.e164().to_owned(),
                    created: self.told(found.created.to_jiff()),
                });
                let line = AuditLine {
                    actor,
                    action: "user.exported",
                    subject: "user",
                    id: &found.id.to_string(),
                    detail: json!({}),
                };
                audit::write(&mut transaction, self.now().into(), line).await?;
            }
            transaction.commit().await?;
            held.release();
            Ok(personal)
        })
        .await
    }

    fn told(&self, moment: Timestamp) -> String {
        let zoned = moment.to_zoned(self.zone().clone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
