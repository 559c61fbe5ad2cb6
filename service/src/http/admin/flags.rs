//! Which features are on, and where that is said.

use askama::Template;
use axum::response::Response;

use super::page::{Page, Place, Visit, html};
use crate::flags::{Flag, Flags, Segment};

#[derive(Template)]
#[template(path = "admin/flags.html")]
struct FlagsPage {
    page: Page,
    flags: Vec<Shown>,
}

struct Shown {
    name: &'static str,
    does: &'static str,
    new: String,
    returning: String,
    from: &'static str,
}

/// `GET /admin/flags`.
pub(super) async fn show(visit: Visit) -> Response {
    let flags = Flag::ALL
        .into_iter()
        .map(|flag| shown(&visit.app.config.flags, flag))
        .collect();
    html(&FlagsPage {
        page: visit.page(Place::Flags, "Features"),
        flags,
    })
}

fn shown(flags: &Flags, flag: Flag) -> Shown {
    let share = |segment| match flags.percent(flag, Some(segment)) {
        0 => "off".to_owned(),
        100 => "on".to_owned(),
        percent => format!("{percent} %"),
    };
    Shown {
        name: flag.name(),
        does: does(flag),
        new: share(Segment::New),
        returning: share(Segment::Returning),
        from: if flags.is_set(flag) {
            "FEATURE_FLAGS"
        } else {
            "default"
        },
    }
}

fn does(flag: Flag) -> &'static str {
    match flag {
        Flag::CallerIdOptimization => "Callers are recognised by the number they call from.",
        Flag::WhisperTranscription => {
            "Callers are transcribed by Whisper, where SPEECH_MODE is whisper."
        }
        Flag::SmartScheduling => "Times beside a booked one are offered first.",
        Flag::MultilingualSupport => "Calls in other languages; not in this version.",
        Flag::SatisfactionText => "A text asks how satisfied the caller was.",
        Flag::SmsReminders => "Texts remind of an appointment.",
    }
}
