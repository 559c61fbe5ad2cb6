//! Which version a rollback takes.

use bella_aws::running::Revision;
use bella_stack::is_placeholder;

use crate::problem::Problem;

/// The revision that `to` names, else the newest with another image than the one that runs. `known` is newest first; revisions from
/// before the first deployment count for nothing.
///
/// # Errors
/// There is none; the ones that there are, are named.
pub(crate) fn earlier<'a>(
    stack: &str,
    known: &'a [Revision],
    to: Option<u32>,
    running: Option<&str>,
) -> Result<&'a Revision, Problem> {
    let deployed = || known.iter().filter(|one| !is_placeholder(&one.image));
    let found = match to {
        Some(number) => deployed().find(|one| one.number == number),
        None => deployed().find(|one| Some(one.image.as_str()) != running),
    };
    found.ok_or_else(|| {
        let wanted = match to {
            Some(number) => format!("there is no revision {number} with a deployed image"),
            None => "there is no earlier version".to_owned(),
        };
        let list: Vec<String> = deployed()
            .map(|one| format!("{} ({})", one.number, one.image))
            .collect();
        let problem = Problem::usage(format!("{wanted} of {stack}"));
        match list.is_empty() {
            true => problem,
            false => problem.hint(format!("there are: {}", list.join(", "))),
        }
    })
}

#[cfg(test)]
mod tests {
    use bella_aws::running::Revision;
    use bella_stack::is_placeholder;

    use super::earlier;

    fn known(images: &[&str]) -> Vec<Revision> {
        let numbered = (1_u32..).zip(images);
        let mut known: Vec<Revision> = numbered
            .map(|(number, image)| Revision {
                number,
                arn: format!("arn:{number}"),
                image: (*image).to_owned(),
                variables: Vec::new(),
            })
            .collect();
        known.reverse();
        known
    }

    #[test]
    fn the_newest_other_image_is_taken() {
        let known = known(&["r@sha256:1", "r@sha256:2", "r@sha256:3", "r@sha256:3"]);
        let found = earlier("s", &known, None, Some("r@sha256:3")).expect("one");
        assert_eq!(found.number, 2);
        let found = earlier("s", &known, Some(1), Some("r@sha256:3")).expect("one");
        assert_eq!(found.image, "r@sha256:1");
    }

    #[test]
    fn what_stands_in_before_the_first_deployment_is_no_version() {
        let nothing = bella_stack::blueprint(&crate::fake::stack());
        let definition = nothing
            .iter()
            .find(|node| node.address == bella_stack::DEFINITION)
            .expect("every stack has a service");
        let image = definition.properties["container"]["image"]
            .as_str()
            .expect("a container has an image");
        assert!(is_placeholder(image), "{image}");
        let known = known(&[image, "r@sha256:1"]);
        let refused = earlier("s", &known, None, Some("r@sha256:1")).expect_err("none");
        assert_eq!(refused.lines, ["there is no earlier version of s"]);
        assert_eq!(refused.hints, ["there are: 2 (r@sha256:1)"]);
        let refused = earlier("s", &known, Some(1), None).expect_err("none");
        assert!(
            refused.lines[0].starts_with("there is no revision 1 "),
            "{refused}"
        );
    }
}
