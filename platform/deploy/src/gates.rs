//! What cannot serve is refused before anything is changed, and a rollback is held up by nothing that it does not need.

use std::time::Duration;

use bella_stack::Stack;

use crate::deployment::{Asked, Deployment};
use crate::fake::{Failed, Fake};
use crate::rollout::Went;
use crate::site::Site as _;
use crate::source::Source;

const OLD: &str = "123456789012.dkr.ecr.ca-central-1.amazonaws.com/s@sha256:old";
const NEW: &str = "r@sha256:new";

async fn deployment(fake: &Fake) -> Deployment<'_, Fake> {
    let live = fake.look().await.expect("nothing fails");
    let deployment = Deployment::of(fake, live, Duration::from_secs(60)).await;
    deployment.expect("nothing fails")
}

async fn deploy(fake: &Fake) -> Result<Asked<Failed>, Failed> {
    let source = Source::Image(NEW.to_owned());
    deployment(fake).await.deploy(&source).await
}

async fn roll_back(fake: &Fake, pending: Option<usize>) -> Result<Asked<Failed>, Failed> {
    deployment(fake).await.roll_back(None, pending).await
}

fn says(fake: &Fake, line: &str) {
    let told = fake.told.borrow();
    assert!(told.iter().any(|said| said == line), "{told:#?}");
}

fn changes_nothing(fake: &Fake) {
    let calls = fake.state.borrow().calls.clone();
    let changing = ["login", "apply", "put", "run", "retire"];
    let made = calls.iter().find(|call| changing.contains(&call.as_str()));
    assert_eq!(made, None, "{calls:?}");
}

#[tokio::test]
async fn an_image_for_another_processor_is_refused_before_anything_is_done() {
    let mut fake = Fake::serving(&[OLD]);
    fake.platform.architecture = "amd64".to_owned();
    let why = deploy(&fake).await.expect_err("is refused");
    assert_eq!(
        why.0,
        "r@sha256:new is made for linux/amd64, and the tasks of bella-dev run on linux/arm64: nothing was changed\n\
         hint: build it for arm64, or let bella build it so: bella deploy stack.yaml\n\
         hint: or set service.architecture to x86_64 in the stack file, and: bella provision stack.yaml"
    );
    changes_nothing(&fake);
}

/// Amazon's registry is asked with its token, any other one without.
#[tokio::test]
async fn a_registry_is_asked_as_ecs_asks_it() {
    for (image, signs_in) in [(OLD, true), (NEW, false)] {
        let fake = Fake::serving(&[image]);
        let live = fake.look().await.expect("nothing fails");
        let fits = crate::fits(&fake, &live, image).await;
        fits.expect("it is for the stack's processor");
        let calls = fake.state.borrow().calls.clone();
        assert_eq!(
            calls.contains(&"registry".to_owned()),
            signs_in,
            "{image}: {calls:?}"
        );
    }
}

#[tokio::test]
async fn a_key_that_is_missing_is_named_before_anything_is_done() {
    let fake = Fake::serving(&[OLD]);
    fake.state.borrow_mut().values.remove("BELLA_API_KEY");
    let why = deploy(&fake).await.expect_err("is refused");
    assert!(why.0.contains("lacks BELLA_API_KEY"), "{why:?}");
    changes_nothing(&fake);
}

#[tokio::test]
async fn a_secret_without_a_value_is_named_before_anything_is_done() {
    let mut fake = Fake::serving(&[OLD]);
    let named = ["app", "crm-token"].map(|name| name.parse().expect("a name"));
    fake.stack.service.secrets = named.into_iter().collect();
    fake.valueless = vec!["crm-token".to_owned(), "of-nobody".to_owned()];
    let why = deploy(&fake).await.expect_err("is refused");
    assert_eq!(
        why.0,
        "no value has been set for crm-token of bella-dev: ECS starts no task without it\n\
         hint: bella secret set stack.yaml crm-token"
    );
    changes_nothing(&fake);
}

/// A development stack may leave variables out; nothing is deployed to it before it has them.
#[tokio::test]
async fn a_variable_that_no_task_would_get_is_named_before_anything_is_done() {
    let mut fake = Fake::serving(&[OLD]);
    fake.stack.database = None;
    let why = deploy(&fake).await.expect_err("is refused");
    assert!(
        why.0.contains("lacks DATABASE_HOST, DATABASE_PASSWORD, DATABASE_USER: the service does not start without"),
        "{why:?}"
    );
    changes_nothing(&fake);
}

/// The stack that is there, and a file that has moved on.
fn moved_on(change: impl Fn(&mut Stack)) -> Fake {
    let mut fake = Fake::serving(&[OLD, NEW]);
    change(&mut fake.stack);
    fake
}

#[tokio::test]
async fn a_rollback_says_what_is_pending_and_leaves_it() {
    let fake = moved_on(|stack| stack.service.cpu = 4096);
    let asked = roll_back(&fake, Some(2)).await.expect("is rolled back");
    assert!(matches!(asked.went, Went::Well) && asked.image == OLD);
    assert_eq!(fake.serves().as_deref(), Some(OLD));
    let state = fake.state.borrow();
    let sizes: Vec<u64> = state.service.iter().map(|known| known.cpu).collect();
    assert_eq!(sizes, [256, 256, 256]);
    says(
        &fake,
        "note: 2 changes of bella-dev are pending and are not carried out, only the image changes: bella plan stack.yaml",
    );
}

#[tokio::test]
async fn nor_does_a_rollback_that_fails_carry_out_what_is_pending() {
    let mut fake = moved_on(|stack| stack.service.cpu = 4096);
    fake.bad = vec![OLD];
    let asked = roll_back(&fake, None).await.expect("goes back");
    assert!(matches!(asked.went, Went::Back { .. }), "{asked:?}");
    assert_eq!(fake.serves().as_deref(), Some(NEW));
    let state = fake.state.borrow();
    assert!(state.service.iter().all(|known| known.cpu == 256));
    says(
        &fake,
        "note: the stack file of bella-dev cannot be carried out as it is, and is not, only the image changes: bella plan stack.yaml",
    );
}

/// What the file asks for and no task reads yet is no reason to stay.
#[tokio::test]
async fn a_rollback_needs_what_its_tasks_need_and_no_more() {
    let whisper = |stack: &mut Stack| {
        let (name, value) = ("SPEECH_MODE".parse(), "whisper".parse());
        let environment = &mut stack.service.environment;
        environment.insert(name.expect("a name"), value.expect("a value"));
    };
    let fake = moved_on(|_| ());
    let live = fake.look().await.expect("nothing fails");
    let fake = Fake {
        stack: moved_on(whisper).stack,
        ..fake
    };
    let deployment = Deployment::of(&fake, live, Duration::from_secs(60)).await;
    let asked = deployment
        .expect("nothing fails")
        .roll_back(None, Some(1))
        .await;
    assert!(matches!(asked.expect("is rolled back").went, Went::Well));

    let fake = moved_on(|_| ());
    fake.state.borrow_mut().values.remove("TWILIO_FROM");
    let why = roll_back(&fake, Some(0)).await.expect_err("is refused");
    assert!(why.0.contains("lacks TWILIO_FROM"), "{why:?}");
    changes_nothing(&fake);
}

#[tokio::test]
async fn a_rollback_names_variables_that_are_gone() {
    let mut fake = moved_on(|_| ());
    fake.variables = ["ADMIN_USER", "OLD_NAME"].map(str::to_owned).to_vec();
    roll_back(&fake, Some(0)).await.expect("is rolled back");
    says(
        &fake,
        "note: revision 1 ran with OLD_NAME, which tasks no longer get",
    );
}

#[tokio::test]
async fn a_registry_that_says_nothing_does_not_hold_up_a_rollback() {
    let calls = {
        let fake = Fake::serving(&[OLD, NEW]);
        roll_back(&fake, Some(0)).await.expect("is rolled back");
        fake.state.take().calls
    };
    let asked = calls.iter().position(|call| call == "platforms");
    let mut fake = Fake::serving(&[OLD, NEW]);
    fake.faults = vec![asked.expect("it is asked")];
    let asked = roll_back(&fake, Some(0)).await.expect("is rolled back");
    assert!(matches!(asked.went, Went::Well));
    let mut fake = Fake::serving(&[OLD, NEW]);
    fake.platform.os = "windows".to_owned();
    let why = roll_back(&fake, Some(0)).await.expect_err("is refused");
    assert!(why.0.contains("is made for windows/arm64"), "{why:?}");
    changes_nothing(&fake);
}
