//! Callers who ring at one moment are looked up by one query.
//!
//! While a query is under way, whoever is to be looked up next waits and goes into the query after it, together with everybody
//! else who has come meanwhile. Alone, nobody waits. Under load one connection serves all look-ups, and the others are there for
//! bookings.

use std::collections::HashMap;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::database::{CALL, Held};
use super::{Database, DbError, Trouble, Ts};
use crate::privacy::{Indexes, Sealed};

/// What a look-up does, as errors name it.
pub(super) const DOING: &str = "looking a caller up";

/// The most callers of one query.
const TOGETHER: usize = 128;

/// The most who wait: the database takes a fraction of a second for so many.
const WAITING: usize = 1024;

/// After so many queries the connection goes back to the pool, which closes one that is too old.
const IN_A_ROW: usize = 256;

/// A person's row and their next appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: Uuid,
    pub(super) name: Sealed,
    pub(super) next: Option<(Uuid, Ts, i16)>,
}

type Answer = Result<Option<Found>, DbError>;

/// Those who wait to be looked up; a clone is the same.
#[derive(Clone, Default)]
pub(super) struct LookUps(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Asked>,
    /// Somebody asks the database and comes back for those who wait.
    asking: bool,
}

struct Asked {
    indexes: Indexes,
    answer: oneshot::Sender<Answer>,
}

/// Who asks the database; when it ends, however it ends, the next may.
struct Asking<'a>(&'a LookUps);

impl LookUps {
    /// Who has a number with one of these indexes, and was added first.
    pub(super) async fn ask(&self, database: &Database, indexes: Indexes) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.enter(Asked { indexes, answer })? {
            let (look_ups, database) = (self.clone(), database.clone());
            tokio::spawn(async move { look_ups.serve(&database).await });
        }
        answered
            .await
            .unwrap_or_else(|_| Err(away("the look-up was given up")))
    }

    /// Adds one who waits; whether nobody is asking the database.
    fn enter(&self, asked: Asked) -> Result<bool, DbError> {
        let mut queue = self.queue();
        if queue.waiting.len() >= WAITING {
            queue.waiting.retain(|asked| !asked.answer.is_closed());
        }
        if queue.waiting.len() >= WAITING {
            return Err(away("too many callers wait to be looked up"));
        }
        queue.waiting.push(asked);
        Ok(!std::mem::replace(&mut queue.asking, true))
    }

    /// Asks the database until nobody waits.
    async fn serve(&self, database: &Database) {
        let _asking = Asking(self);
        let (mut held, mut queries) = (None, 0);
        while let Some(together) = self.next() {
            let indexes = together.iter().flat_map(|asked| asked.indexes.clone());
            let found = find(database, held.take(), indexes.collect()).await;
            let found = found.map(|(found, connection)| {
                held = Some(connection);
                found
            });
            for asked in together {
                let answer = match &found {
                    Ok(found) => Ok(first(found, &asked.indexes)),
                    Err(err) => Err(err.clone()),
                };
                // Fails only when it is not waited for any more.
                let _ = asked.answer.send(answer);
            }
            queries += 1;
            if queries % IN_A_ROW == 0
                && let Some(held) = held.take()
            {
                held.release();
            }
        }
        if let Some(held) = held {
            held.release();
        }
    }

    /// Those who wait and are still waited for; nobody means that asking is over.
    fn next(&self) -> Option<Vec<Asked>> {
        let mut queue = self.queue();
        let mut together = take(&mut queue.waiting);
        together.retain(|asked| !asked.answer.is_closed());
        if together.len() > TOGETHER {
            queue.waiting = together.split_off(TOGETHER);
        }
        queue.asking = !together.is_empty();
        queue.asking.then_some(together)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.queue().asking = false;
    }
}

/// People by the index of their number, each with a place in the order in which they were added.
type People = HashMap<Sealed, (usize, Found)>;

fn first(people: &People, indexes: &[Sealed]) -> Option<Found> {
    let mine = indexes.iter().filter_map(|index| people.get(index));
    mine.min_by_key(|(place, _)| *place)
        .map(|(_, found)| found.clone())
}

async fn find(
    database: &Database,
    held: Option<Held>,
    indexes: Indexes,
) -> Result<(People, Held), DbError> {
    let now: Ts = database.now().into();
    let work = async {
        let mut held = match held {
            Some(held) => held,
            None => database.hold().await?,
        };
        let rows = sqlx::query!(
            r#"select u.mobile_index as "mobile_index!", u.id, u.name as "name!",
                a.id as "appointment?", a.starts_at as "start?: Ts", a.minutes as "minutes?"
            from users u
            left join lateral (
                select id, starts_at, minutes from appointments
                where user_id = u.id and starts_at > $2 and status in ('booked', 'confirmed')
                order by starts_at limit 1
            ) a on true
            where u.mobile_index = any($1) and u.anonymised_at is null
            order by u.created_at"#,
            &indexes,
            now as Ts,
        )
        .fetch_all(&mut *held)
        .await?;
        let people = rows.into_iter().enumerate().map(|(place, row)| {
            let next = match (row.appointment, row.start, row.minutes) {
                (Some(id), Some(start), Some(minutes)) => Some((id, start, minutes)),
                _ => None,
            };
            let (id, name) = (row.id, row.name);
            (row.mobile_index, (place, Found { id, name, next }))
        });
        Ok::<_, Trouble>((people.collect(), held))
    };
    database.bounded(DOING, CALL, work).await
}

fn away(said: &str) -> DbError {
    DbError::Away {
        doing: DOING,
        said: said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(index: u8) -> (Asked, oneshot::Receiver<Answer>) {
        let (answer, answered) = oneshot::channel();
        let indexes = vec![vec![index]];
        (Asked { indexes, answer }, answered)
    }

    #[test]
    fn those_who_wait_go_together_and_those_who_left_do_not() {
        let look_ups = LookUps::default();
        let (one, _one) = asked(1);
        assert_eq!(look_ups.enter(one), Ok(true), "the first asks");
        assert_eq!(look_ups.next().map(|together| together.len()), Some(1));
        let (two, _two) = asked(2);
        let (three, left) = asked(3);
        let (four, _four) = asked(4);
        for next in [two, three, four] {
            assert_eq!(look_ups.enter(next), Ok(false), "somebody is asking");
        }
        drop(left);
        let together = look_ups.next().expect("two wait");
        let indexes: Vec<_> = together.iter().map(|asked| asked.indexes[0][0]).collect();
        assert_eq!(indexes, [2, 4]);
        assert!(look_ups.next().is_none());
        let (five, _five) = asked(5);
        assert_eq!(look_ups.enter(five), Ok(true), "asking was over");
        drop(Asking(&look_ups));
        let (six, _six) = asked(6);
        assert_eq!(look_ups.enter(six), Ok(true), "who asked has come to grief");
    }

    #[test]
    fn queries_and_the_queue_are_bounded() {
        let look_ups = LookUps::default();
        let mut answers = Vec::new();
        for _ in 0..WAITING {
            let (next, answered) = asked(0);
            assert!(look_ups.enter(next).is_ok());
            answers.push(answered);
        }
        let (more, _more) = asked(0);
        assert!(look_ups.enter(more).is_err_and(|err| err.is_away()));
        answers.truncate(WAITING / 2);
        let (more, _more) = asked(0);
        assert_eq!(look_ups.enter(more), Ok(false), "those who left make room");
        assert_eq!(
            look_ups.next().map(|together| together.len()),
            Some(TOGETHER)
        );
        assert_eq!(look_ups.queue().waiting.len(), WAITING / 2 + 1 - TOGETHER);
    }

    #[test]
    fn of_two_rows_of_one_number_the_older_is_the_caller() {
        let found = |id: u128| Found {
            id: Uuid::from_u128(id),
            name: Vec::new(),
            next: None,
        };
        let people = People::from([
            (vec![1], (1, found(10))),
            (vec![2], (0, found(20))),
            (vec![3], (2, found(30))),
        ]);
        assert_eq!(first(&people, &[vec![1], vec![2]]), Some(found(20)));
        assert_eq!(first(&people, &[vec![3]]), Some(found(30)));
        assert_eq!(first(&people, &[vec![9]]), None);
    }
}
