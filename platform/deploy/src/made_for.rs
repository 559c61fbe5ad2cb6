//! Whether an image that a registry has can run on the stack's processor: asked before anything is changed, since ECS finds out only
//! when it starts a task, and the first one is the migration.

use bella_engine::live::Live;
use bella_image::{Architecture, Credentials, Platform};
use bella_stack::stack::{Architecture as Wanted, Service};
use bella_stack::{DEFINITION, Node};

use crate::listing;
use crate::problem::Problem;
use crate::site::Site;
use crate::source::pushed_to;

/// Refuses an image that has nothing for the processor of the stack's tasks.
///
/// # Errors
/// The image is for something else, or its registry does not say what it is for.
pub async fn fits<S: Site>(site: &S, live: &Live, image: &str) -> Result<(), S::Error> {
    let wanted = architecture(site)?;
    match refusal(site, live, image, wanted).await? {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}

/// Why an image has nothing for `wanted`; `None` where it has.
///
/// # Errors
/// Its registry does not say what it is for.
pub(crate) async fn refusal<S: Site>(
    site: &S,
    live: &Live,
    image: &str,
    wanted: Architecture,
) -> Result<Option<Problem>, S::Error> {
    let held = held(site, live, image).await?;
    let fits = |one: &Platform| one.os == "linux" && one.architecture == wanted.oci();
    Ok((!held.iter().any(fits)).then(|| unfit(site, image, &held, wanted)))
}

/// What the stack's images have to be made for: this machine in the sandbox, else what the stack file says.
///
/// # Errors
/// Images are not made for this machine.
pub(crate) fn architecture<S: Site>(site: &S) -> Result<Architecture, Problem> {
    if site.is_sandbox() {
        return host_architecture();
    }
    Ok(processor(&site.stack().service))
}

/// As the stack file says.
pub(crate) const fn processor(service: &Service) -> Architecture {
    match service.architecture {
        Wanted::Arm64 => Architecture::Arm64,
        Wanted::X86_64 => Architecture::Amd64,
    }
}

/// The same of the definition among `nodes`, whatever the stack file says by now.
///
/// # Errors
/// Images are not made for this machine, or for what the definition says.
pub(crate) fn architecture_of<S: Site>(site: &S, nodes: &[Node]) -> Result<Architecture, Problem> {
    if site.is_sandbox() {
        return host_architecture();
    }
    let definition = nodes.iter().find(|node| node.address == DEFINITION);
    let said = definition.map(|node| &node.properties["architecture"]);
    let mut all = Architecture::ALL.into_iter();
    let found = all.find(|one| said.is_some_and(|said| said == one.ecs()));
    found.ok_or_else(|| {
        Problem::failed(format!(
            "the task definition of {} names no processor that images are made for",
            site.stack().stack
        ))
    })
}

fn host_architecture() -> Result<Architecture, Problem> {
    Architecture::host().ok_or_else(|| {
        Problem::usage("images are made for x86_64 and arm64, and this machine is neither")
    })
}

/// Amazon's registries take the token that ECR gives; of any other one ECS reads without credentials, and so is it asked.
async fn held<S: Site>(site: &S, live: &Live, image: &str) -> Result<Vec<Platform>, S::Error> {
    let host = host(image);
    let is_own = host.is_some() && listing::repository(live).and_then(self::host) == host;
    if !is_own && !host.is_some_and(is_amazons) {
        return site.platforms(image, &Credentials::Anonymous).await;
    }
    let registry = site.registry().await?;
    let name = match is_own {
        true => pushed_to(&registry, image),
        false => image.to_owned(),
    };
    let credentials = Credentials::Basic {
        user: registry.user.clone(),
        password: registry.password.to_string(),
    };
    site.platforms(&name, &credentials).await
}

/// The registry that an image's name begins with; `None` where it says none, which means Docker Hub.
fn host(image: &str) -> Option<&str> {
    let (host, _) = image.split_once('/')?;
    (host.contains(['.', ':']) || host == "localhost").then_some(host)
}

/// Whether it is a private registry of some account, such as `123456789012.dkr.ecr.ca-central-1.amazonaws.com`.
fn is_amazons(host: &str) -> bool {
    let mut parts = host.split('.');
    let account = parts.next().unwrap_or_default();
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let amazon = ["amazonaws.com", "amazonaws.com.cn"];
    digits && host.contains(".dkr.ecr.") && amazon.iter().any(|end| host.ends_with(end))
}

fn unfit<S: Site>(site: &S, image: &str, held: &[Platform], wanted: Architecture) -> Problem {
    let stack = &site.stack().stack;
    let list: Vec<String> = held.iter().map(ToString::to_string).collect();
    let list = match list.is_empty() {
        true => "nothing".to_owned(),
        false => list.join(" and "),
    };
    let problem = Problem::usage(format!(
        "{image} is made for {list}, and the tasks of {stack} run on linux/{wanted}: nothing was changed"
    ));
    let deploy = site.command("deploy");
    let problem = problem.hint(format!(
        "build it for {wanted}, or let bella build it so: {deploy}"
    ));
    let provision = site.command("provision");
    let other = held.iter().find_map(|one| setting(one, wanted));
    match other.filter(|_| !site.is_sandbox()) {
        Some(other) => problem.hint(format!(
            "or set service.architecture to {other} in the stack file, and: {provision}"
        )),
        None => problem,
    }
}

/// The stack file's word for a platform that tasks could have instead.
fn setting(platform: &Platform, wanted: Architecture) -> Option<&'static str> {
    let other = Architecture::ALL.into_iter().find(|one| *one != wanted)?;
    (platform.os == "linux" && platform.architecture == other.oci()).then_some(match other {
        Architecture::Amd64 => "x86_64",
        Architecture::Arm64 => "arm64",
    })
}

#[cfg(test)]
mod tests {
    use super::{host, is_amazons};

    #[test]
    fn a_registry_is_known_by_the_names_first_part() {
        let ecr = "123456789012.dkr.ecr.ca-central-1.amazonaws.com";
        assert_eq!(host(&format!("{ecr}/bella/service@sha256:0")), Some(ecr));
        assert_eq!(host("localhost:5000/service"), Some("localhost:5000"));
        for hub in ["service:1", "team/service:1"] {
            assert_eq!(host(hub), None, "{hub}");
        }
        assert!(is_amazons(ecr));
        assert!(is_amazons(
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
        ));
        for other in [
            "public.ecr.aws",
            "ghcr.io",
            "1.dkr.ecr.ca-central-1.amazonaws.com",
            "123456789012.dkr.ecr.ca-central-1.amazonaws.com.example.org",
        ] {
            assert!(!is_amazons(other), "{other}");
        }
    }
}
