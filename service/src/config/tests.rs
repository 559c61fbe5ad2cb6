use std::collections::BTreeMap;

use super::*;

const GOOD: &[(&str, &str)] = &[
    ("PUBLIC_BASE_URL", "https://book.bella.example/"),
    ("DATABASE_URL", "postgres://app:secret@127.0.0.1/bella"),
    ("REDIS_URL", "redis://127.0.0.1:6379"),
    ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
    ("TWILIO_AUTH_TOKEN", "token"),
    ("TWILIO_FROM", "+14165550100"),
    (
        "ENCRYPTION_KEYS",
        "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ),
    ("ADMIN_USER", "admin"),
    ("ADMIN_PASSWORD", "password"),
    ("BELLA_API_KEY", "key"),
];

fn read(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut variables: BTreeMap<_, _> = GOOD.iter().copied().collect();
    variables.extend(changes.iter().copied());
    Config::read(|name| variables.get(name).map(|value| (*value).to_owned()))
}

fn problems(changes: &[(&str, &str)]) -> String {
    read(changes)
        .err()
        .map_or_else(String::new, |err| err.to_string())
}

#[test]
fn the_defaults_suit_a_container() {
    let config = read(&[]).expect("is complete");
    assert_eq!(config.bind.to_string(), "0.0.0.0:8000");
    assert_eq!(config.public_base_url, "https://book.bella.example");
    assert_eq!(config.twilio.api_base, "https://api.twilio.com");
    assert_eq!(config.business.zone.iana_name(), Some("America/Toronto"));
    assert_eq!(config.session_ttl_seconds, 300);
    assert_eq!(config.clock, Clock::System);
    assert_eq!(config.business.price_cents, None);
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let missing = Config::read(|_| None).err().map(|err| err.to_string());
    let expected = "PUBLIC_BASE_URL: is not set
DATABASE_HOST: is not set
DATABASE_NAME: is not set
DATABASE_USER: is not set
DATABASE_PASSWORD: is not set
TWILIO_ACCOUNT_SID: is not set
TWILIO_AUTH_TOKEN: is not set
TWILIO_FROM: is not set
ENCRYPTION_KEYS: is not set
ADMIN_USER: is not set
ADMIN_PASSWORD: is not set
BELLA_API_KEY: is not set";
    assert_eq!(missing.as_deref(), Some(expected));
}

#[test]
fn a_bad_value_is_shown_unless_it_is_a_secret() {
    let table = [
        (
            "BIND",
            "8000",
            "BIND=`8000`: an address and port such as 0.0.0.0:8000 is needed",
        ),
        (
            "PUBLIC_BASE_URL",
            "book.bella.example",
            "PUBLIC_BASE_URL=`book.bella.example`: a URL such as https://book.bella.example is needed",
        ),
        (
            "DATABASE_URL",
            "mysql://u:hidden@h/d",
            "DATABASE_URL: a URL that begins with postgres:// is needed",
        ),
        (
            "REDIS_URL",
            "http://hidden",
            "REDIS_URL: a URL that begins with rediss:// or redis:// is needed",
        ),
        (
            "SPEECH_MODE",
            "parrot",
            "SPEECH_MODE=`parrot`: gather or whisper is needed",
        ),
        ("SPEECH_MODE", "whisper", "OPENAI_API_KEY: is not set"),
        (
            "BUSINESS_TIMEZONE",
            "Toronto",
            "BUSINESS_TIMEZONE=`Toronto`: an IANA name such as America/Toronto is needed",
        ),
        (
            "BUSINESS_HOURS",
            "nine to five",
            "BUSINESS_HOURS=`nine to five`: opening hours such as mon-thu 09:00-12:00,13:00-18:00; sat 10:00-14:00 is needed",
        ),
        (
            "SLOT_MINUTES",
            "0",
            "SLOT_MINUTES=`0`: a number of minutes from 5 to 480 is needed",
        ),
        (
            "SLOT_MINUTES",
            "half an hour",
            "SLOT_MINUTES=`half an hour`: a number of minutes from 5 to 480 is needed",
        ),
        (
            "APPOINTMENT_PRICE",
            "85.5",
            "APPOINTMENT_PRICE=`85.5`: an amount such as 85 or 85.50 is needed",
        ),
        (
            "TWILIO_FROM",
            "4165550100",
            "TWILIO_FROM=`4165550100`: a number in E.164 form such as +14165550199 is needed",
        ),
        (
            "ENVIRONMENT",
            "prod",
            "ENVIRONMENT=`prod`: production, staging or development is needed",
        ),
        (
            "TEST_NOW",
            "noon",
            "TEST_NOW=`noon`: a moment such as 2026-03-10T09:00:00-04:00 is needed",
        ),
    ];
    for (variable, value, expected) in table {
        assert_eq!(problems(&[(variable, value)]), expected);
    }
}

#[test]
fn a_frozen_clock_is_refused_in_production() {
    let now = ("TEST_NOW", "2026-03-10T09:00:00-04:00");
    assert_eq!(problems(&[now]), "");
    assert_eq!(
        problems(&[now, ("ENVIRONMENT", "production")]),
        "TEST_NOW=`2026-03-10T09:00:00-04:00`: no value when ENVIRONMENT is production is needed"
    );
}

#[test]
fn roots_are_certificates_or_a_file_of_them() {
    let roots = concat!(env!("CARGO_MANIFEST_DIR"), "/certs/rds-global.pem");
    let text = std::fs::read_to_string(roots).expect("is there");
    let folder = std::env::temp_dir().join(format!("bella-roots-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("is made");
    let written = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("is written");
        path.to_str().expect("utf-8").to_owned()
    };
    let pem = |what: &str| format!("-----BEGIN {what}-----\nAAAA\n-----END {what}-----\n");
    let bad = [
        folder
            .join("missing.pem")
            .to_str()
            .expect("utf-8")
            .to_owned(),
        written("empty.pem", ""),
        written("key.pem", &pem("PRIVATE KEY")),
        written("broken.pem", &pem("CERTIFICATE")),
    ];
    let tls = ("REDIS_URL", "rediss://cache.example:6379");
    for variable in ["DATABASE_CA", "REDIS_CA"] {
        assert_eq!(problems(&[tls, (variable, roots)]), "");
        assert_eq!(problems(&[tls, (variable, &text)]), "");
        assert_eq!(
            problems(&[tls, (variable, &pem("PRIVATE KEY"))]),
            format!(
                "{variable}: certificates in PEM form, or the path of a file with them, is needed"
            )
        );
        for path in &bad {
            let expected = format!(
                "{variable}=`{path}`: certificates in PEM form, or the path of a file with them, is needed"
            );
            assert_eq!(problems(&[tls, (variable, path)]), expected);
        }
    }
    std::fs::remove_dir_all(&folder).expect("is removed");
}

#[test]
fn a_prefix_of_keys_has_no_spaces_or_patterns() {
    assert_eq!(problems(&[("REDIS_PREFIX", "pr-42:")]), "");
    assert_eq!(
        problems(&[("REDIS_PREFIX", "pr 42*")]),
        "REDIS_PREFIX=`pr 42*`: at most 64 letters, digits, `-`, `_` and `:` is needed"
    );
}

#[test]
fn roots_for_a_redis_without_tls_are_refused() {
    let roots = concat!(env!("CARGO_MANIFEST_DIR"), "/certs/rds-global.pem");
    assert_eq!(
        problems(&[("REDIS_CA", roots)]),
        format!("REDIS_CA=`{roots}`: a REDIS_URL that begins with rediss:// is needed")
    );
    assert_eq!(problems(&[("REDIS_URL", ""), ("REDIS_CA", roots)]), "");
}

#[test]
fn where_redis_is_shows_no_password() {
    let config = read(&[("REDIS_URL", "rediss://user:hidden@cache.example:6379")]);
    let shown = format!("{:?}", config.expect("is complete").redis);
    assert_eq!(shown, "Some(RedisConfig(cache.example:6379))");
}
