//! Feature flags: what is on, for whom.
//!
//! `FEATURE_FLAGS` is a comma-separated list of `name=value` or `name@segment=value`, where a value is `on`, `off` or a percentage
//! such as `25%`. A segment's own value wins over the flag's. Percentages are stable: a caller who is in at 10 % is in at 20 %.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A feature that can be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// A caller is recognised by the number they call from; on unless switched off.
    CallerIdOptimization,
    /// Callers are transcribed by Whisper where `SPEECH_MODE` is `whisper`; on unless switched off.
    WhisperTranscription,
    /// Alternatives that adjoin a booked slot are offered first; off unless switched on.
    SmartScheduling,
    /// Calls in other languages; not there yet, so that switching it on is refused.
    MultilingualSupport,
    /// A text asks how satisfied the caller was; off unless switched on.
    SatisfactionText,
    /// Texts remind of an appointment; on unless switched off.
    SmsReminders,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 6] = [
        Self::CallerIdOptimization,
        Self::WhisperTranscription,
        Self::SmartScheduling,
        Self::MultilingualSupport,
        Self::SatisfactionText,
        Self::SmsReminders,
    ];

    /// As it is written in `FEATURE_FLAGS`.
    pub fn name(self) -> &'static str {
        match self {
            Self::CallerIdOptimization => "caller_id_optimization",
            Self::WhisperTranscription => "whisper_transcription",
            Self::SmartScheduling => "smart_scheduling",
            Self::MultilingualSupport => "multilingual_support",
            Self::SatisfactionText => "satisfaction_text",
            Self::SmsReminders => "sms_reminders",
        }
    }

    fn default_percent(self) -> u8 {
        match self {
            Self::CallerIdOptimization | Self::WhisperTranscription | Self::SmsReminders => 100,
            Self::SmartScheduling | Self::MultilingualSupport | Self::SatisfactionText => 0,
        }
    }
}

/// Who a flag can be switched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Callers who have booked before.
    Returning,
    /// Everybody else.
    New,
}

impl Segment {
    /// As it is written in `FEATURE_FLAGS`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Returning => "returning",
            Self::New => "new",
        }
    }
}

/// For what share of whom each flag is on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    percent: BTreeMap<(Flag, Option<Segment>), u8>,
}

impl Flags {
    /// Reads `FEATURE_FLAGS`; empty text is all defaults.
    ///
    /// # Errors
    /// What is needed instead, for the first entry that cannot be used.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut flags = Self::default();
        for entry in text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            let (key, percent) = parse_entry(entry)?;
            if flags.percent.insert(key, percent).is_some() {
                return Err(format!("one value for `{entry}`, which is there twice,"));
            }
        }
        Ok(flags)
    }

    /// Whether the flag is on for the one with this `key`, a stable and unguessable name of theirs, in this segment.
    pub fn on(&self, flag: Flag, segment: Segment, key: &[u8]) -> bool {
        match self.percent(flag, Some(segment)) {
            0 => false,
            100.. => true,
            percent => bucket(flag, key) < percent,
        }
    }

    /// The percentage at which a flag is on: a segment's own, or else the flag's.
    pub fn percent(&self, flag: Flag, segment: Option<Segment>) -> u8 {
        self.percent
            .get(&(flag, segment))
            .or_else(|| self.percent.get(&(flag, None)))
            .copied()
            .unwrap_or_else(|| flag.default_percent())
    }

    /// Whether `FEATURE_FLAGS` says anything of the flag.
    pub fn is_set(&self, flag: Flag) -> bool {
        self.percent.keys().any(|(set, _)| *set == flag)
    }
}

fn parse_entry(entry: &str) -> Result<((Flag, Option<Segment>), u8), String> {
    let (name, value) = entry.split_once('=').unwrap_or((entry, "on"));
    let (name, segment) = match name.split_once('@') {
        Some((name, segment)) => (name, Some(parse_segment(segment.trim())?)),
        None => (name, None),
    };
    let name = name.trim();
    let flag = Flag::ALL.into_iter().find(|flag| flag.name() == name);
    let flag = flag.ok_or_else(|| {
        let known: Vec<_> = Flag::ALL.iter().map(|flag| flag.name()).collect();
        format!("a flag out of {} instead of `{name}`", known.join(", "))
    })?;
    let percent = parse_percent(value.trim())
        .ok_or_else(|| format!("on, off or a percentage such as 25% for `{name}`"))?;
    if flag == Flag::MultilingualSupport && percent > 0 {
        return Err(
            "off for `multilingual_support`: this version speaks English only; that".to_owned(),
        );
    }
    Ok(((flag, segment), percent))
}

fn parse_segment(name: &str) -> Result<Segment, String> {
    match name {
        "returning" => Ok(Segment::Returning),
        "new" => Ok(Segment::New),
        _ => Err(format!(
            "a segment out of returning, new instead of `{name}`"
        )),
    }
}

fn parse_percent(value: &str) -> Option<u8> {
    match value {
        "on" | "true" => Some(100),
        "off" | "false" => Some(0),
        _ => {
            let percent = value.strip_suffix('%')?.parse().ok()?;
            (percent <= 100).then_some(percent)
        }
    }
}

/// 0 to 99, the same for the same flag and key.
fn bucket(flag: Flag, key: &[u8]) -> u8 {
    let hash = Sha256::new()
        .chain_update(flag.name())
        .chain_update([0])
        .chain_update(key)
        .finalize();
    let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    (number % 100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(flags: &Flags, segment: Segment) -> usize {
        (0..10_000_u32)
            .filter(|caller| flags.on(Flag::SmartScheduling, segment, &caller.to_be_bytes()))
            .count()
    }

    #[test]
    fn defaults_segments_and_percentages() {
        let flags = Flags::parse("").expect("is empty");
        assert!(flags.on(Flag::CallerIdOptimization, Segment::New, b"a"));
        assert!(!flags.on(Flag::SmartScheduling, Segment::New, b"a"));
        let flags = Flags::parse(
            "smart_scheduling=10%, smart_scheduling@returning=on,caller_id_optimization=off",
        )
        .expect("is well formed");
        assert!(!flags.on(Flag::CallerIdOptimization, Segment::New, b"a"));
        assert_eq!(share(&flags, Segment::Returning), 10_000);
        let tenth = share(&flags, Segment::New);
        assert!((900..1_100).contains(&tenth), "{tenth}");
    }

    #[test]
    fn who_is_in_at_ten_percent_is_in_at_twenty() {
        let at = |percent| Flags::parse(&format!("smart_scheduling={percent}%")).expect("parses");
        let (ten, twenty) = (at(10), at(20));
        for caller in 0..10_000_u32 {
            let on = |flags: &Flags| {
                flags.on(Flag::SmartScheduling, Segment::New, &caller.to_be_bytes())
            };
            assert!(!on(&ten) || on(&twenty), "{caller}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, needed) in [
            (
                "smart_schedulling=on",
                "a flag out of caller_id_optimization, whisper_transcription, smart_scheduling, multilingual_support, satisfaction_text, sms_reminders instead of `smart_schedulling`",
            ),
            (
                "smart_scheduling=maybe",
                "on, off or a percentage such as 25% for `smart_scheduling`",
            ),
            (
                "smart_scheduling=101%",
                "on, off or a percentage such as 25% for `smart_scheduling`",
            ),
            (
                "smart_scheduling@vip=on",
                "a segment out of returning, new instead of `vip`",
            ),
            (
                "multilingual_support=on",
                "off for `multilingual_support`: this version speaks English only; that",
            ),
            (
                "sms_reminders=on,sms_reminders=off",
                "one value for `sms_reminders=off`, which is there twice,",
            ),
        ] {
            assert_eq!(Flags::parse(text), Err(needed.to_owned()));
        }
        assert!(Flags::parse("multilingual_support=off").is_ok());
    }
}
