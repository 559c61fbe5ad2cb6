//! What Redis is told, on one key each; what is told at once goes in one write.

use std::sync::LazyLock;
use std::time::Duration;

use redis::aio::ConnectionManager;
use redis::{ErrorKind, Pipeline, RedisResult, Script, ServerErrorKind};

use super::kept::Kept;

/// Sets the key unless what is there has the same turn or a later one, which is answered instead.
static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local there = redis.call('GET', KEYS[1])
if there then
  local turn = tonumber(string.match(there, '^{"turn":(%d+)'))
  if turn and turn >= tonumber(ARGV[1]) then return there end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return false
"#,
    )
});

type Value = Option<Vec<u8>>;

/// What is under a key.
pub(super) async fn get(mut connection: ConnectionManager, key: &str) -> RedisResult<Value> {
    let mut get = redis::cmd("GET");
    get.arg(key).query_async(&mut connection).await
}

/// What is under each of two keys.
pub(super) async fn get_both(
    mut connection: ConnectionManager,
    (one, other): (&str, &str),
) -> RedisResult<(Value, Value)> {
    let mut both = Pipeline::with_capacity(2);
    both.cmd("GET").arg(one).cmd("GET").arg(other);
    both.query_async(&mut connection).await
}

/// Keeps a session in Redis; answers what is there instead when that is as new.
pub(super) async fn keep(
    mut connection: ConnectionManager,
    key: &str,
    kept: &Kept,
    life: Duration,
) -> RedisResult<Value> {
    let mut invocation = KEEP.key(key);
    invocation
        .arg(kept.turn)
        .arg(&kept.json()[..])
        .arg(milliseconds(life));
    invocation.invoke_async(&mut connection).await
}

/// As [`keep`]; and puts `value` under another key for as long, whatever was there.
pub(super) async fn keep_and_set(
    mut connection: ConnectionManager,
    (key, kept): (&str, &Kept),
    (other, value): (&str, &str),
    life: Duration,
) -> RedisResult<Value> {
    let milliseconds = milliseconds(life);
    let mut both = Pipeline::with_capacity(2);
    both.cmd("EVALSHA")
        .arg(KEEP.get_hash())
        .arg(1)
        .arg(key)
        .arg(kept.turn)
        .arg(&kept.json()[..])
        .arg(milliseconds);
    both.cmd("SET")
        .arg(other)
        .arg(value)
        .arg("PX")
        .arg(milliseconds);
    match both.query_async::<(Value, ())>(&mut connection).await {
        Ok((there, ())) => Ok(there),
        // The other key is set. A Redis that was started or emptied learns the script now.
        Err(err) if err.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
            keep(connection, key, kept, life).await
        }
        Err(err) => Err(err),
    }
}

/// Puts `1` under a key, for this long, unless something is there; whether nothing was.
pub(super) async fn set_first(
    mut connection: ConnectionManager,
    key: &str,
    life: Duration,
) -> RedisResult<bool> {
    let mut set = redis::cmd("SET");
    set.arg(key)
        .arg(1)
        .arg("NX")
        .arg("PX")
        .arg(milliseconds(life));
    let set: Option<()> = set.query_async(&mut connection).await?;
    Ok(set.is_some())
}

fn milliseconds(life: Duration) -> u64 {
    u64::try_from(life.as_millis()).map_or(u64::MAX, |life| life.max(1))
}
