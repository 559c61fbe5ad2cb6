//! Filters of Cost Explorer.

use serde_json::Value;

use super::lines::Line;
use super::period::Refusal;
use crate::rules::turn::array;

/// Whether a filter lets a line through; no filter lets all through.
pub(super) fn admits(filter: &Value, line: &Line) -> Result<bool, Refusal> {
    let Some(parts) = filter.as_object() else {
        return Ok(true);
    };
    if parts.len() != 1 {
        return Err(
            "Expression should have exactly one of And, Or, Not, Dimensions, Tags".to_owned(),
        );
    }
    if filter["And"].is_array() {
        return all_of(&filter["And"], line);
    }
    if filter["Or"].is_array() {
        let list = array(&filter["Or"]);
        several(list)?;
        let mut any = false;
        for one in list {
            any |= admits(one, line)?;
        }
        return Ok(any);
    }
    if filter["Not"].is_object() {
        return Ok(!admits(&filter["Not"], line)?);
    }
    if let Some(key) = filter["Dimensions"]["Key"].as_str() {
        let values = array(&filter["Dimensions"]["Values"]);
        let value = line.dimension(key);
        let value = value.ok_or_else(|| format!("{key} is not a dimension of this account"))?;
        return Ok(values.iter().any(|one| one == value));
    }
    if let Some(key) = filter["Tags"]["Key"].as_str() {
        let tag = line.tags.get(key);
        let options = array(&filter["Tags"]["MatchOptions"]);
        if options.iter().any(|option| option == "ABSENT") {
            return Ok(tag.is_none());
        }
        let values = array(&filter["Tags"]["Values"]);
        return Ok(tag.is_some_and(|tag| values.iter().any(|one| one == tag)));
    }
    Err("Expression is not valid".to_owned())
}

fn all_of(list: &Value, line: &Line) -> Result<bool, Refusal> {
    let list = array(list);
    several(list)?;
    let mut all = true;
    for one in list {
        all &= admits(one, line)?;
    }
    Ok(all)
}

/// `And` and `Or` of one are refused (API reference of `Expression`).
fn several(list: &[Value]) -> Result<(), Refusal> {
    match list.len() {
        0 | 1 => Err("And and Or need at least two expressions".to_owned()),
        _ => Ok(()),
    }
}
