//! Checks of a plan that need no database: each error says where in the plan it is.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Label, OrganizationId, Refusal};

use super::operation::{Merge, Operation, Place, Relink, Split, Successor};

/// One place where a plan names an organization.
#[derive(Debug, Clone)]
pub struct Mention {
    /// Where (RFC 6901).
    pub pointer: String,
    /// Which.
    pub place: Place,
    how: How,
}

/// What becomes of an organization that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// It is merged or split away.
    Goes,
    /// It gets another name.
    IsRenamed,
    /// Its `serves` links are replaced.
    IsLinked,
    /// It is created.
    IsCreated,
    /// It stays.
    Stays,
}

const CONTRADICTION: Label = Label {
    fr: "Une autre opération fixe déjà le devenir de cette organisation : supprimez l’une des deux.",
    en: "Another operation says already what becomes of this organization: remove one of them.",
};
const TWICE: Label = Label {
    fr: "Cette organisation ou cet objet est cité deux fois : supprimez le doublon.",
    en: "This organization or object is named twice: remove the repetition.",
};
const LATER: Label = Label {
    fr: "Aucune opération précédente ne crée cette organisation : créez-la dans une opération antérieure.",
    en: "No earlier operation creates this organization: create it in an earlier one.",
};
const ALONE: Label = Label {
    fr: "Une fusion vers une organisation nouvelle porte sur au moins deux organisations.",
    en: "At least two organizations are merged into a new one: name more.",
};
const NO_SUCCESSOR: Label = Label {
    fr: "Cette organisation ne figure pas parmi celles qui succèdent : choisissez-en une dans `successors`.",
    en: "This organization is none of the successors: choose one of `successors`.",
};

fn invalid<T>(pointer: impl Into<String>, why: Label) -> Result<T, Refusal> {
    Err(Refusal::InvalidAt(pointer.into(), why))
}

/// Every place where operations name an organization, in their order.
#[must_use]
pub fn mentions(operations: &[Operation]) -> Vec<Mention> {
    let mut all = Vec::new();
    for (number, operation) in operations.iter().enumerate() {
        let mut mention = |at: &str, place: Place, how| {
            all.push(Mention { pointer: format!("/operations/{number}/{at}"), place, how });
        };
        match operation {
            Operation::Rename(it) => {
                mention("organization_id", Place::Existing(it.organization_id), How::IsRenamed);
            }
            Operation::Merge(it) => of_merge(it, &mut mention),
            Operation::Split(it) => of_split(it, &mut mention),
            Operation::Relink(it) => {
                mention("dicom", it.dicom.clone(), How::IsLinked);
                for (i, place) in it.serves.iter().enumerate() {
                    mention(&format!("serves/{i}"), place.clone(), How::Stays);
                }
            }
        }
    }
    all
}

fn of_merge(it: &Merge, mention: &mut impl FnMut(&str, Place, How)) {
    for (i, id) in it.organization_ids.iter().enumerate() {
        mention(&format!("organization_ids/{i}"), Place::Existing(*id), How::Goes);
    }
    of_successor(&it.into, "into", mention);
}

fn of_split(it: &Split, mention: &mut impl FnMut(&str, Place, How)) {
    mention("organization_id", Place::Existing(it.organization_id), How::Goes);
    for (i, successor) in it.successors.iter().enumerate() {
        of_successor(successor, &format!("successors/{i}"), mention);
    }
    for (i, assignment) in it.assignments.iter().enumerate() {
        if let Some(below) = assignment.organization_id {
            mention(&format!("assignments/{i}/organization_id"), Place::Existing(below), How::Stays);
        }
    }
}

fn of_successor(it: &Successor, at: &str, mention: &mut impl FnMut(&str, Place, How)) {
    match it {
        Successor::Place(place) => mention(at, place.clone(), How::Stays),
        Successor::New(new) => {
            if let Some(parent) = new.parent_id {
                mention(&format!("{at}/new/parent_id"), Place::Existing(parent), How::Stays);
            }
            mention(&format!("{at}/new/ref"), Place::Created(new.r#ref.clone()), How::IsCreated);
        }
    }
}

/// The organizations that operations merge or split, so that they disappear.
#[must_use]
pub fn gone(operations: &[Operation]) -> BTreeSet<OrganizationId> {
    let goes = mentions(operations).into_iter().filter(|mention| mention.how == How::Goes);
    let existing = goes.filter_map(|mention| match mention.place {
        Place::Existing(id) => Some(id),
        Place::Created(_) => None,
    });
    existing.collect()
}

/// Refuses a plan that contradicts itself or goes in a circle.
///
/// # Errors
/// Where the first contradiction stands.
pub fn check(operations: &[Operation]) -> Result<(), Refusal> {
    agree(&mentions(operations))?;
    for (number, operation) in operations.iter().enumerate() {
        let at = format!("/operations/{number}");
        match operation {
            Operation::Rename(_) => {}
            Operation::Merge(it) => {
                if it.organization_ids.len() < 2 && matches!(it.into, Successor::New(_)) {
                    return invalid(format!("{at}/organization_ids"), ALONE);
                }
            }
            Operation::Split(it) => check_split(it, &at)?,
            Operation::Relink(Relink { dicom, serves }) => {
                distinct(std::iter::once(dicom).chain(serves), |i| format!("{at}/serves/{}", i.saturating_sub(1)))?;
            }
        }
    }
    Ok(())
}

/// An organization that disappears is named nowhere else; what becomes of one is said once; a created one is named only
/// after its creation.
fn agree(mentions: &[Mention]) -> Result<(), Refusal> {
    let mut said: BTreeMap<&Place, Vec<How>> = BTreeMap::new();
    for Mention { pointer, place, how } in mentions {
        let before = said.entry(place).or_default();
        let once = [How::Goes, How::IsRenamed, How::IsLinked, How::IsCreated];
        let again = once.contains(how) && before.contains(how);
        let gone = before.contains(&How::Goes) || (*how == How::Goes && !before.is_empty());
        if again || gone {
            return invalid(pointer, CONTRADICTION);
        }
        if matches!(place, Place::Created(_)) && *how != How::IsCreated && !before.contains(&How::IsCreated) {
            return invalid(pointer, LATER);
        }
        before.push(*how);
    }
    Ok(())
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>, pointer: impl Fn(usize) -> String) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (i, one) in all.enumerate() {
        if !seen.insert(one) {
            return invalid(pointer(i), TWICE);
        }
    }
    Ok(())
}

fn check_split(it: &Split, at: &str) -> Result<(), Refusal> {
    let successors: Vec<Place> = it.successors.iter().map(Successor::place).collect();
    distinct(successors.iter(), |i| format!("{at}/successors/{i}"))?;
    let of_assignment = |i: usize| format!("{at}/assignments/{i}");
    distinct(it.assignments.iter().map(|one| (one.affiliation_id, one.organization_id)), of_assignment)?;
    if !successors.contains(&it.default_successor) {
        return invalid(format!("{at}/default_successor"), NO_SUCCESSOR);
    }
    let foreign = it.assignments.iter().position(|one| !successors.contains(&one.successor));
    foreign.map_or(Ok(()), |i| invalid(format!("{}/successor", of_assignment(i)), NO_SUCCESSOR))
}

impl Successor {
    /// How it is named once it is there.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Place(place) => place.clone(),
            Self::New(new) => Place::Created(new.r#ref.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn id(number: u8) -> String {
        format!("01900000-0000-7000-8000-0000000000{number:02}")
    }

    fn merge(gone: &[u8], into: &Value) -> Value {
        let gone: Vec<_> = gone.iter().map(|one| id(*one)).collect();
        json!({"type": "merge", "organization_ids": gone, "into": into})
    }

    fn new(local: &str) -> Value {
        json!({"new": {"ref": local, "name": "Neuve", "kind": "ministry"}})
    }

    fn refused(operations: &Value) -> Option<String> {
        let operations: Vec<Operation> = serde_json::from_value(operations.clone()).unwrap();
        match check(&operations) {
            Ok(()) => None,
            Err(Refusal::InvalidAt(pointer, _)) => Some(pointer),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_agrees_passes() {
        let plan = json!([
            merge(&[1, 2], &new("c")), {"type": "rename", "organization_id": id(3), "name": "D"},
            {"type": "relink", "dicom": {"organization_id": id(4)}, "serves": [{"ref": "c"}, {"organization_id": id(3)}]},
            merge(&[5], &json!({"organization_id": id(3)})), merge(&[6], &json!({"ref": "c"}))
        ]);
        assert_eq!(refused(&plan), None);
    }

    #[test]
    fn each_contradiction_is_found_where_it_stands() {
        let existing = |number| json!({"organization_id": id(number)});
        let rename = |number| json!({"type": "rename", "organization_id": id(number), "name": "D"});
        let relink = |dicom: Value, serves: Value| json!({"type": "relink", "dicom": dicom, "serves": serves});
        let split = |successors: Value, default: Value, assignments: Value| json!({"type": "split", "organization_id": id(1), "successors": successors, "default_successor": default, "assignments": assignments});
        let (two, of_two) = (json!([new("a"), new("b")]), json!({"ref": "a"}));
        let cases = [
            (json!([merge(&[1, 2], &existing(2))]), "/operations/0/into"),
            (json!([merge(&[1, 1], &existing(2))]), "/operations/0/organization_ids/1"),
            (json!([merge(&[1], &new("c"))]), "/operations/0/organization_ids"),
            (json!([merge(&[1], &existing(2)), merge(&[2], &existing(3))]), "/operations/1/organization_ids/0"),
            (json!([merge(&[1], &existing(2)), rename(1)]), "/operations/1/organization_id"),
            (json!([rename(1), rename(1)]), "/operations/1/organization_id"),
            (json!([merge(&[1, 2], &new("c")), merge(&[3, 4], &new("c"))]), "/operations/1/into/new/ref"),
            (json!([relink(existing(1), json!([{"ref": "c"}])), merge(&[2, 3], &new("c"))]), "/operations/0/serves/0"),
            (json!([relink(existing(1), json!([existing(2), existing(2)]))]), "/operations/0/serves/1"),
            (json!([relink(existing(1), json!([existing(1)]))]), "/operations/0/serves/0"),
            (json!([relink(existing(1), json!([])), relink(existing(1), json!([]))]), "/operations/1/dicom"),
            (
                json!([merge(
                    &[1, 2],
                    &json!({"new": {"ref": "c", "name": "N", "kind": "ministry", "parent_id": id(1)}})
                )]),
                "/operations/0/into/new/parent_id",
            ),
            (
                json!([split(json!([existing(1), new("b")]), json!({"ref": "b"}), json!([]))]),
                "/operations/0/successors/0",
            ),
            (json!([split(json!([existing(2), existing(2)]), existing(2), json!([]))]), "/operations/0/successors/1"),
            (json!([split(two.clone(), existing(2), json!([]))]), "/operations/0/default_successor"),
            (
                json!([split(
                    two.clone(),
                    of_two.clone(),
                    json!([{"organization_id": id(5), "successor": existing(6)}])
                )]),
                "/operations/0/assignments/0/successor",
            ),
            (
                json!([split(
                    two,
                    of_two.clone(),
                    json!([{"organization_id": id(5), "successor": of_two}, {"organization_id": id(5), "successor": of_two}])
                )]),
                "/operations/0/assignments/1",
            ),
        ];
        for (plan, pointer) in cases {
            assert_eq!(refused(&plan).as_deref(), Some(pointer), "{plan}");
        }
    }

    #[test]
    fn an_operation_has_the_fields_of_its_type_and_no_other() {
        for (operation, why) in [
            (json!({"type": "rename", "organization_id": id(1)}), "missing"),
            (json!({"type": "rename", "organization_id": id(1), "name": "D", "into": new("c")}), "unknown field"),
            (json!({"type": "rename", "organization_id": id(1), "naem": "D"}), "unknown field"),
            (json!({"type": "relink", "dicom": {"organization_id": id(1), "ref": "c"}, "serves": []}), "exactly one"),
            (json!({"type": "burn", "organization_id": id(1)}), "unknown variant"),
        ] {
            let said = serde_json::from_value::<Operation>(operation).unwrap_err().to_string();
            assert!(said.starts_with(why), "{said}");
        }
        let asked = merge(&[1, 2], &new("c"));
        let read: Operation = serde_json::from_value(asked.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), asked, "a plan is kept as it was asked");
    }
}
