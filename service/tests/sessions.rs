//! Sessions with a real Redis: shared, bounded in time, and caught up after Redis was away.

use std::time::{Duration, Instant};

use bella_service::config::RedisConfig;
use bella_service::sessions::{Kept, Keys, RedisState, Saved, Sessions};
use bella_stores::Redis;

const LIFE: Duration = Duration::from_secs(300);

fn sessions(redis: &Redis) -> Sessions {
    let config = RedisConfig::from_url(&redis.url(), None).expect("the URL is good");
    Sessions::new(Some(&config), LIFE)
}

fn kept(turn: u32) -> Kept {
    Kept::new(turn, &format!("turn-{turn}"))
}

async fn turn(sessions: &Sessions, call: &str) -> Option<u32> {
    sessions.load(call).await.map(|kept| kept.turn)
}

/// Waits until the sessions see Redis in this state.
async fn until(sessions: &Sessions, state: RedisState) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while sessions.redis() != state {
        assert!(Instant::now() < deadline, "not {state:?} in time");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn raw(redis: &Redis, command: &str, arguments: &[&str]) -> redis::Value {
    let client = redis::Client::open(redis.url()).expect("the URL is good");
    let mut connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("connects");
    redis::cmd(command)
        .arg(arguments)
        .query_async(&mut connection)
        .await
        .expect("answers")
}

/// Everything that a service with a prefix does goes by keys that begin with it: its Redis user may touch no others.
#[tokio::test(flavor = "multi_thread")]
async fn services_with_other_prefixes_do_not_see_each_other() {
    let redis = Redis::start().expect("starts");
    for name in ["one", "two"] {
        let keys = format!("~{name}:*");
        let rights = ["SETUSER", name, "on", ">secret", &keys, "+@all"];
        raw(&redis, "ACL", &rights).await;
    }
    let guest = |name: &str| {
        let url = redis
            .url()
            .replace("redis://", &format!("redis://{name}:secret@"));
        let config = RedisConfig::from_url(&url, None).expect("the URL is good");
        let keys = Keys::beginning(&format!("{name}:")).expect("a prefix");
        Sessions::new(Some(&config.with_keys(keys)), LIFE)
    };
    let (one, two, other) = (guest("one"), guest("two"), guest("one"));
    assert_eq!(one.save("CA1", &kept(1)).await, Saved::Shared);
    assert_eq!(
        one.save_as_latest("CA2", &kept(1), "caller").await,
        Saved::Shared
    );
    assert!(one.first_end("CA1").await && !other.first_end("CA1").await);
    assert_eq!(turn(&other, "CA1").await, Some(1));
    let (_, latest) = other.load_with_latest("CA2", "caller").await;
    assert_eq!(latest.as_deref(), Some("CA2"));
    assert_eq!(turn(&two, "CA1").await, None);
    let (session, latest) = two.load_with_latest("CA2", "caller").await;
    assert_eq!((session, latest), (None, None));
    assert!(two.first_end("CA1").await);
    // A key without the prefix is refused: the user is what makes this a test of every key.
    assert_eq!(two.redis(), RedisState::Up);
    let url = redis.url().replace("redis://", "redis://two:secret@");
    let config = RedisConfig::from_url(&url, None).expect("the URL is good");
    let unnamed = Sessions::new(Some(&config), LIFE);
    assert_eq!(unnamed.save("CA1", &kept(1)).await, Saved::Here);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tasks_share_sessions_and_of_two_answers_to_one_turn_the_first_stays() {
    let redis = Redis::start().expect("starts");
    let (one, two) = (sessions(&redis), sessions(&redis));
    assert_eq!(turn(&one, "CA1").await, None);
    assert_eq!(one.save("CA1", &kept(1)).await, Saved::Shared);
    assert_eq!(turn(&two, "CA1").await, Some(1));
    assert_eq!(two.save("CA1", &kept(2)).await, Saved::Shared);
    let late = Kept::new(2, "another-answer");
    assert_eq!(one.save("CA1", &late).await, Saved::Overtaken(kept(2)));
    assert_eq!(one.save("CA1", &kept(1)).await, Saved::Overtaken(kept(2)));
    assert_eq!(one.load("CA1").await, Some(kept(2)));
    // The same again is no other answer.
    assert_eq!(two.save("CA1", &kept(2)).await, Saved::Shared);
    assert_eq!(
        one.save_as_latest("CA1", &kept(3), "index").await,
        Saved::Shared
    );
    let (session, latest) = two.load_with_latest("CA1", "index").await;
    assert_eq!((session, latest.as_deref()), (Some(kept(3)), Some("CA1")));
    let late = one.save_as_latest("CA1", &kept(2), "index").await;
    assert_eq!(late, Saved::Overtaken(kept(3)));
    for key in ["call_session:CA1", "caller:index"] {
        let redis::Value::Int(life) = raw(&redis, "TTL", &[key]).await else {
            panic!("TTL answers a number");
        };
        assert!((295..=300).contains(&life), "{key}: {life}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_uses_open_one_connection() {
    let redis = Redis::start().expect("starts");
    let sessions = sessions(&redis);
    let connections = async || {
        let redis::Value::BulkString(info) = raw(&redis, "INFO", &["stats"]).await else {
            panic!("INFO answers text");
        };
        let info = String::from_utf8_lossy(&info).into_owned();
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("total_connections_received:"));
        line.and_then(|count| count.trim().parse::<u32>().ok())
            .expect("is a number")
    };
    let before = connections().await;
    for batch in 0..100 {
        let uses = (0..100).map(|call| {
            let sessions = sessions.clone();
            tokio::spawn(async move {
                let call = format!("CA{batch}-{call}");
                sessions.load(&call).await;
                sessions.save(&call, &kept(1)).await
            })
        });
        for used in uses.collect::<Vec<_>>() {
            assert_eq!(used.await.expect("does not panic"), Saved::Shared);
        }
    }
    // Asking for the count has opened one as well.
    assert_eq!(connections().await - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_memory_serves() {
    let sessions = Sessions::new(None, LIFE);
    assert_eq!(sessions.redis(), RedisState::Off);
    assert_eq!(sessions.save("CA1", &kept(1)).await, Saved::Here);
    assert_eq!(turn(&sessions, "CA1").await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_redis_costs_half_a_second_once_and_is_caught_up_when_it_is_back() {
    let redis = Redis::start().expect("starts");
    let (one, two) = (sessions(&redis), sessions(&redis));
    one.save("CA1", &kept(1)).await;
    two.save("CA2", &kept(7)).await;
    redis.freeze();
    let began = Instant::now();
    assert_eq!(turn(&one, "CA1").await, Some(1), "memory knows it");
    let first = began.elapsed();
    assert!(first < Duration::from_millis(700), "{first:?}");
    assert_eq!(one.redis(), RedisState::Down);
    let began = Instant::now();
    for next in 2..1000 {
        assert_eq!(one.save("CA1", &kept(next)).await, Saved::Here);
        assert_eq!(turn(&one, "CA1").await, Some(next));
    }
    // What another task has kept with a higher turn must not be undone.
    assert_eq!(one.save("CA2", &kept(3)).await, Saved::Here);
    let others = began.elapsed();
    assert!(others < Duration::from_millis(400), "{others:?}");
    redis.thaw();
    until(&one, RedisState::Up).await;
    assert_eq!(turn(&two, "CA1").await, Some(999));
    assert_eq!(turn(&two, "CA2").await, Some(7));
    assert_eq!(one.save("CA1", &kept(1000)).await, Saved::Shared);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_lost_everything_gets_back_what_it_missed() {
    let mut redis = Redis::start().expect("starts");
    let (one, two) = (sessions(&redis), sessions(&redis));
    one.save("CA1", &kept(1)).await;
    redis.kill();
    let began = Instant::now();
    assert_eq!(turn(&one, "CA1").await, Some(1));
    assert_eq!(one.save("CA1", &kept(2)).await, Saved::Here);
    assert!(began.elapsed() < Duration::from_millis(700));
    redis.restart().expect("starts again");
    until(&one, RedisState::Up).await;
    assert_eq!(turn(&two, "CA1").await, Some(2));
    // It forgets without having been away: this process still knows.
    raw(&redis, "FLUSHALL", &[]).await;
    assert_eq!(turn(&one, "CA1").await, Some(2));
}
