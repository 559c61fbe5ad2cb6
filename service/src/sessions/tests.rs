use std::time::{Duration, Instant};

use super::kept::Kept;
use super::locks::Locks;
use super::memory::Memory;

#[test]
fn what_is_kept_is_json_with_the_turn_in_clear_and_is_read_back() {
    let kept = Kept::new(12, "k1.abc=");
    assert_eq!(&kept.json()[..], br#"{"turn":12,"call":"k1.abc="}"#);
    let read = Kept::parse(kept.json().clone()).expect("is one");
    assert_eq!((read.turn, read.sealed()), (12, "k1.abc="));
    for other in [
        "",
        "{}",
        r#"{"turn":-1,"call":""}"#,
        r#"{"turn":1}"#,
        r#"{"turn":99999999999,"call":""}"#,
    ] {
        assert_eq!(Kept::parse(other.as_bytes()), None, "{other}");
    }
    assert_eq!(Kept::parse(vec![0xff, 0xfe]), None);
}

#[test]
fn memory_keeps_the_newest_turn_for_a_sessions_life() {
    let memory = Memory::new(Duration::from_secs(300));
    let now = Instant::now();
    memory.put("a", Kept::new(2, "two"), now, true);
    memory.put("a", Kept::new(1, "one"), now, true);
    let turn = |at| memory.get("a", at).map(|kept| kept.turn);
    assert_eq!(turn(now), Some(2));
    assert_eq!(turn(now + Duration::from_secs(299)), Some(2));
    assert_eq!(turn(now + Duration::from_secs(300)), None);
    // After its life a key can begin anew.
    let later = now + Duration::from_secs(301);
    memory.put("a", Kept::new(1, "one"), later, true);
    assert_eq!(turn(later), Some(1));
}

#[test]
fn memory_owes_what_redis_does_not_have() {
    let memory = Memory::new(Duration::from_secs(300));
    let now = Instant::now();
    memory.put("a", Kept::new(1, "x"), now, true);
    memory.put("b", Kept::new(1, "x"), now, false);
    let owed = |now| memory.owed(now).len();
    assert_eq!(owed(now), 1);
    memory.put("a", Kept::new(2, "x"), now, true);
    memory.paid("a", 1);
    assert_eq!(owed(now), 1, "the second turn is still owed");
    memory.paid("a", 2);
    assert_eq!(owed(now), 0);
}

#[test]
fn memory_is_bounded_whoever_calls() {
    let memory = Memory::new(Duration::from_secs(300));
    let now = Instant::now();
    for call in 0..20_000_u32 {
        memory.put(
            &format!("call_session:{call}"),
            Kept::new(1, "x"),
            now,
            true,
        );
        // One that stays at the front while others come again and again.
        memory.put("call_session:again", Kept::new(call, "x"), now, true);
    }
    let (values, order) = memory.len();
    assert!(values <= 2048 && order <= 4 * 2048, "{values} {order}");
    assert!(memory.get("call_session:19999", now).is_some());
    assert!(memory.get("call_session:again", now).is_some());
    assert!(memory.get("call_session:0", now).is_none());
    for turn in 0..50_000 {
        memory.put("call_session:again", Kept::new(turn, "x"), now, true);
    }
    let (values, order) = memory.len();
    assert!(values <= 2048 && order <= 4 * 2048 + 1, "{values} {order}");
}

#[tokio::test]
async fn one_webhook_of_a_call_at_a_time_and_no_lock_is_left() {
    let locks = std::sync::Arc::new(Locks::default());
    let first = locks.lock("CA1").await;
    let other = locks.lock("CA2").await;
    let mut second = Box::pin(locks.lock("CA1"));
    let waited = tokio::time::timeout(Duration::from_millis(20), &mut second).await;
    assert!(waited.is_err(), "the first still holds it");
    // One that gives up leaves nothing behind, and lets the next one through.
    drop(tokio::time::timeout(Duration::from_millis(1), locks.lock("CA1")).await);
    drop(first);
    let second = second.await;
    drop(second);
    drop(other);
    assert_eq!(locks.count(), 0);
}
