//! Whichever call fails, a version serves, and success is said of nothing else than the version that was asked for.

use std::time::Duration;

use crate::deployment::{Asked, Deployment};
use crate::fake::{Failed, Fake};
use crate::rollout::Went;
use crate::rotation::{Rotated, Rotation};
use crate::site::Site as _;
use crate::source::Source;

const OLD: &str = "r@sha256:old";
const NEW: &str = "r@sha256:new";

async fn deploy(fake: &Fake) -> Result<Asked<Failed>, Failed> {
    let live = fake.look().await?;
    let deployment = Deployment::of(fake, live, Duration::from_secs(60)).await?;
    deployment.deploy(&Source::Image(NEW.to_owned())).await
}

async fn roll_back(fake: &Fake) -> Result<Asked<Failed>, Failed> {
    let live = fake.look().await?;
    let deployment = Deployment::of(fake, live, Duration::from_secs(60)).await?;
    deployment.roll_back(None, Some(0)).await
}

/// How many calls a run makes to which nothing happens, and that it goes well.
async fn calls() -> usize {
    let fake = Fake::serving(&[OLD]);
    let asked = deploy(&fake).await.expect("is deployed");
    assert!(matches!(asked.went, Went::Well) && asked.image == NEW);
    assert_eq!(fake.image(), NEW);
    let calls = fake.state.borrow().calls.clone();
    let order = [
        "login",
        "apply",
        "run",
        "apply",
        "watch",
        "prove",
        "note deploy r@sha256:new",
    ];
    let mut rest = calls.iter();
    for step in order {
        assert!(rest.any(|call| call == step), "{step} in {calls:?}");
    }
    calls.len()
}

#[tokio::test]
async fn whichever_call_fails_a_version_serves() {
    for failing in 0..calls().await {
        let mut fake = Fake::serving(&[OLD]);
        fake.faults = vec![failing];
        let asked = deploy(&fake).await;
        let call = fake.state.borrow().calls[failing].clone();
        let told = fake.told.borrow().clone();
        let at = format!("call {failing}, {call}: {told:?}");
        match asked {
            // The version serves that was asked for, and only its record is missing.
            Err(_) if call.starts_with("note deploy") => assert_eq!(fake.image(), NEW, "{at}"),
            Err(_) => assert_eq!(fake.image(), OLD, "{at}"),
            Ok(asked) => {
                let Went::Back { serves, .. } = asked.went else {
                    panic!("{at}: {:?}", asked.went);
                };
                assert_eq!(serves.as_deref(), Some(OLD), "{at}");
                assert_eq!(fake.image(), OLD, "{at}");
            }
        }
        if fake.image() == OLD {
            assert_eq!(fake.active(), [OLD], "{at}");
        }
    }
}

/// The new version does not serve, and on the way back one more call fails.
#[tokio::test]
async fn whichever_call_fails_on_the_way_back_nothing_is_called_well() {
    let mut fake = Fake::serving(&[OLD]);
    fake.bad = vec![NEW];
    let asked = deploy(&fake).await.expect("goes back");
    let Went::Back { why, serves } = asked.went else {
        panic!("{:?}", asked.went);
    };
    assert_eq!(serves.as_deref(), Some(OLD));
    assert_eq!(why.0, "it does not serve\nthe database is away");
    assert_eq!(
        (fake.image().as_str(), fake.active()),
        (OLD, vec![OLD.to_owned()])
    );
    let calls = fake.state.borrow().calls.len();
    let proved = fake
        .state
        .borrow()
        .calls
        .iter()
        .position(|call| call == "prove");
    for failing in proved.expect("is proved") + 1..calls {
        let mut fake = Fake::serving(&[OLD]);
        fake.bad = vec![NEW];
        fake.faults = vec![failing];
        let asked = deploy(&fake).await.expect("says how it went");
        let call = fake.state.borrow().calls[failing].clone();
        match asked.went {
            Went::Back { serves, .. } => {
                assert_eq!(serves.as_deref(), Some(OLD), "{call}");
                assert_eq!(fake.image(), OLD, "{call}");
            }
            Went::Lost { .. } => assert!(
                ["apply", "prove", "look"].contains(&call.as_str()),
                "{call}"
            ),
            Went::Well => panic!("{call}: called well"),
        }
    }
}

/// What holds whatever happened: `before` ran, `asked` was asked for.
fn holds(fake: &Fake, ended: &Result<Asked<Failed>, Failed>, before: Option<&str>, asked: &str) {
    let serves = fake.serves();
    let at = format!("faults at {:?}: {ended:?}", fake.faults);
    match ended.as_ref().map(|asked| &asked.went) {
        Ok(Went::Well) => assert_eq!(serves.as_deref(), Some(asked), "{at}"),
        Ok(Went::Back { serves: said, .. }) => {
            assert_eq!(serves.as_deref(), before, "{at}");
            assert_eq!(said.as_deref(), before, "{at}");
        }
        Ok(Went::Lost { .. }) => assert!(fake.faults.len() > 1, "{at}"),
        // Only what is recorded last can fail with the version serving.
        Err(why) if why.0.starts_with("note deploy") => {
            assert_eq!(serves.as_deref(), Some(asked), "{at}");
        }
        Err(_) => assert_eq!(serves.as_deref(), before, "{at}"),
    }
}

/// Runs once with every call failing in turn, and with every two of them; how many calls there are.
async fn every_pair(
    images: &[&str],
    bad: &[&'static str],
    asked: &str,
    run: impl AsyncFn(&Fake) -> Result<Asked<Failed>, Failed>,
) -> usize {
    let with = |faults: Vec<usize>| {
        let mut fake = Fake::serving(images);
        (fake.faults, fake.bad) = (faults, bad.to_vec());
        fake
    };
    let is_well = |ended: &Result<Asked<Failed>, Failed>| matches!(ended, Ok(asked) if matches!(asked.went, Went::Well));
    let before = images.last().copied();
    let whole = with(Vec::new());
    let ended = run(&whole).await;
    assert_eq!(is_well(&ended), !bad.contains(&asked), "{ended:?}");
    holds(&whole, &ended, before, asked);
    let calls = whole.state.borrow().calls.len();
    // What fails makes the way longer: the way back has calls of its own.
    for fault in 0..calls {
        let fake = with(vec![fault]);
        let ended = run(&fake).await;
        match bad.is_empty() {
            true => holds(&fake, &ended, before, asked),
            false => assert!(!is_well(&ended), "a fault at {fault}: {ended:?}"),
        }
        let calls = fake.state.borrow().calls.len();
        for second in fault + 1..calls {
            let fake = with(vec![fault, second]);
            let ended = run(&fake).await;
            assert!(
                !is_well(&ended) || fake.serves().as_deref() == Some(asked),
                "faults at {fault} and {second}: {ended:?}"
            );
            if let (
                Ok(Asked {
                    went: Went::Back { serves, .. },
                    ..
                }),
                true,
            ) = (&ended, bad.is_empty())
            {
                assert_eq!(fake.serves(), *serves, "faults at {fault} and {second}");
            }
        }
    }
    calls
}

#[tokio::test]
async fn whichever_two_calls_of_a_deployment_fail_nothing_is_called_what_it_is_not() {
    let calls = every_pair(&[OLD], &[], NEW, deploy).await;
    assert!(calls > 10, "{calls}");
    every_pair(&[OLD], &[NEW], NEW, deploy).await;
}

#[tokio::test]
async fn whichever_two_calls_of_the_first_deployment_fail_no_task_is_left_wanted() {
    every_pair(&[], &[], NEW, deploy).await;
    every_pair(&[], &[NEW], NEW, deploy).await;
}

#[tokio::test]
async fn whichever_two_calls_of_a_rollback_fail_nothing_is_called_what_it_is_not() {
    every_pair(&[OLD, NEW], &[], OLD, roll_back).await;
    every_pair(&[OLD, NEW], &[OLD], OLD, roll_back).await;
}

#[tokio::test]
async fn neither_version_serving_is_said_with_both_reasons() {
    let mut fake = Fake::serving(&[OLD]);
    fake.bad = vec![OLD, NEW];
    let asked = deploy(&fake).await.expect("it was rolled out");
    let Went::Lost { why, back } = asked.went else {
        panic!("{asked:?}");
    };
    assert_eq!(why.0, "it does not serve\nthe database is away");
    assert_eq!(back.0, "it does not serve");
    let told = fake.told.borrow().join("\n");
    assert!(told.contains("problem it does not serve"), "{told}");
}

#[tokio::test]
async fn a_rollback_takes_the_version_before_and_leaves_the_database_alone() {
    let fake = Fake::serving(&[OLD]);
    deploy(&fake).await.expect("is deployed");
    fake.state.borrow_mut().calls.clear();
    let asked = roll_back(&fake).await.expect("is rolled back");
    assert!(matches!(asked.went, Went::Well) && asked.image == OLD);
    assert_eq!(fake.image(), OLD);
    let calls = fake.state.borrow().calls.clone();
    assert!(
        !calls.contains(&"run".to_owned()) && !calls.contains(&"login".to_owned()),
        "{calls:?}"
    );
}

async fn rotate(fake: &Fake, rotation: Rotation) -> Result<Rotated<Failed>, Failed> {
    let live = fake.look().await?;
    let deployment = Deployment::of(fake, live, Duration::from_secs(60)).await?;
    deployment.rotate(rotation).await
}

fn key() -> Rotation {
    Rotation::Key {
        key: "BELLA_API_KEY".to_owned(),
        value: "fresh".to_owned().into(),
    }
}

fn value(fake: &Fake) -> String {
    fake.state.borrow().values["BELLA_API_KEY"].to_string()
}

#[tokio::test]
async fn a_key_overlaps_until_its_rotation_is_finished() {
    let fake = Fake::serving(&[OLD]);
    let rotated = rotate(&fake, key()).await.expect("is rotated");
    assert!(matches!(rotated.went, Went::Well) && rotated.overlaps);
    assert_eq!(value(&fake), "fresh,BELLA_API_KEY of old");
    assert_eq!(
        (fake.image().as_str(), fake.state.borrow().runs.as_str()),
        (OLD, "service:2")
    );
    let finish = Rotation::Finish {
        key: "BELLA_API_KEY".to_owned(),
    };
    let rotated = rotate(&fake, finish).await.expect("is finished");
    assert!(matches!(rotated.went, Went::Well) && !rotated.overlaps);
    assert_eq!(
        (value(&fake).as_str(), fake.state.borrow().runs.as_str()),
        ("fresh", "service:3")
    );
}

#[tokio::test]
async fn logins_take_turns_and_the_one_before_is_shut() {
    let fake = Fake::serving(&[OLD]);
    for user in ["bella_app_b", "bella_app"] {
        let rotated = rotate(&fake, Rotation::Login).await.expect("is rotated");
        assert!(matches!(rotated.went, Went::Well) && !rotated.overlaps);
        let state = fake.state.borrow();
        assert_eq!(
            (state.login, state.logins.clone()),
            (Some(user), vec![user])
        );
    }
}

/// Whichever call fails, the secret says what the tasks that serve were started with, and nobody who is needed is shut out.
#[tokio::test]
async fn whichever_call_fails_a_secret_fits_the_tasks() {
    for login in [true, false] {
        let what = || match login {
            true => Rotation::Login,
            false => key(),
        };
        let fake = Fake::serving(&[OLD]);
        rotate(&fake, what()).await.expect("is rotated");
        let calls = fake.state.borrow().calls.len();
        for failing in 0..calls {
            let mut fake = Fake::serving(&[OLD]);
            fake.faults = vec![failing];
            let rotated = rotate(&fake, what()).await;
            let call = fake.state.borrow().calls[failing].clone();
            let state = fake.state.borrow();
            let renewed = state.runs == "service:2";
            let at = format!("call {failing}, {call}, {rotated:?}");
            // The last steps follow the proof: a record, and shutting the login before.
            assert!(
                !renewed || call.starts_with("note rotate") || call == "run",
                "{at}"
            );
            assert!(
                !matches!(
                    rotated,
                    Ok(Rotated {
                        went: Went::Well,
                        ..
                    })
                ),
                "{at}"
            );
            match login {
                true => assert_eq!(state.login == Some("bella_app_b"), renewed, "{at}"),
                false => {
                    let has_new = state.values["BELLA_API_KEY"].starts_with("fresh");
                    assert_eq!(has_new, renewed, "{at}");
                }
            }
            assert!(
                state.logins.contains(&state.login.expect("is there")),
                "{at}"
            );
        }
    }
}
