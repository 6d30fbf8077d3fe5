//! What steps write: every record that a step makes can be filled from the case.

use std::collections::BTreeSet;

use pack::{Kind, Number, Pack};

/// Fields and roles that a record of a kind must have.
fn needed(kind: &Kind) -> impl Iterator<Item = &str> {
    let fields = kind.fields.iter().filter(|field| field.required && !field.personal);
    let roles = kind.subjects.iter().filter(|subject| subject.number == Number::One);
    fields.map(|field| field.name.as_str()).chain(roles.map(|subject| subject.role.as_str()))
}

#[test]
fn a_record_that_a_step_writes_can_be_filled_from_the_case() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap_or_else(|faults| panic!("{faults}"));
    let mut seen = 0;
    for procedure in pack.procedures() {
        let definition = procedure.engine.definition();
        let opening = pack.kind(&definition.opens_with).unwrap();
        let fields = opening.fields.iter().map(|field| field.name.as_str());
        let roles = opening.subjects.iter().map(|subject| subject.role.as_str());
        let forms = procedure.forms.iter().flat_map(|form| &form.fields);
        let said: BTreeSet<&str> =
            fields.chain(roles).chain(forms.map(|field| field.name.as_str())).collect();
        for (step, form) in definition.steps.iter().zip(&procedure.forms) {
            let Some(kind) = form.writes.as_deref() else { continue };
            seen += 1;
            let missing: Vec<&str> =
                needed(pack.kind(kind).unwrap()).filter(|name| !said.contains(name)).collect();
            assert!(
                missing.is_empty(),
                "{} of {} writes a {kind}, for which nothing says {missing:?}",
                step.id,
                definition.id
            );
        }
    }
    assert!(seen > 6, "{seen}");
}
