//! A procedure, checked and made ready: what it names is numbered, its conditions are read.

use rules::guard::{Declarations, Guard, Type};

use crate::check;
use crate::definition::{Collective, Definition, OPENED, Origin, Step, TermRule, To};
use crate::fault::{At, Fault};
use crate::{Extension, Limit};

/// What lies around a procedure in its pack.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The fields of the record that opens a case.
    pub opening: Vec<crate::StepField>,
    /// The roles of subjects in that record.
    pub parties: Vec<String>,
    /// The parameters of law.
    pub parameters: Vec<Parameter>,
    /// The procedures of the pack.
    pub procedures: Vec<String>,
}

/// A parameter of law, as far as a procedure depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// What its value is in a guard; none where it has none there, such as a day of the year.
    pub holds: Option<Type>,
    /// Whether every version of it is a length of time.
    pub is_time: bool,
    /// Whether some version has a value for each level.
    pub by_level: bool,
    /// Whether it counts backward.
    pub is_backward: bool,
}

/// A procedure that is sound.
#[derive(Debug, Clone)]
pub struct Procedure {
    definition: Definition,
    fields: Vec<(String, Option<Type>)>,
    /// Of the opening, then of each step in the order in which they are written.
    pub(crate) steps: Vec<Ready>,
    pub(crate) terms: Vec<ReadyTerm>,
    pub(crate) level: Option<u16>,
    pub(crate) act_on: Option<u16>,
}

/// A step with what it names as numbers.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// In which states it can be taken.
    pub from: Vec<bool>,
    pub to: ReadyTo,
    pub guard: Option<Guard>,
    pub collective: Option<Guard>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadyTo {
    Stay,
    State(u16),
    Back,
}

/// A term with what it names as numbers.
#[derive(Debug, Clone)]
pub(crate) struct ReadyTerm {
    pub starts: Vec<u16>,
    pub start_on: Option<u16>,
    pub is_backward: bool,
    pub met_by: Vec<u16>,
    pub lifted_by: Vec<u16>,
    /// By which event, from which steps to which.
    pub suspended: Vec<(String, Vec<u16>, Vec<u16>)>,
    pub extended: Vec<ReadyExtension>,
    pub take: Option<u16>,
}

#[derive(Debug, Clone)]
pub(crate) struct ReadyExtension {
    pub step: u16,
    pub by: ReadyBy,
}

#[derive(Debug, Clone)]
pub(crate) enum ReadyBy {
    Limit(Limit),
    Until(u16),
}

impl Procedure {
    /// Checks a definition and makes it ready.
    ///
    /// What is proved: every name is known; every state can be reached from the first; from every
    /// state the case can end; every step has an actor who can come to it; every term has a limit
    /// of law and can be met, lifted or ends by itself; every guard is sound.
    ///
    /// # Errors
    /// All that is wrong, each with its place and remedy.
    pub fn new(definition: Definition, around: &Surroundings) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let fields = check::fields(&definition, around, &mut faults);
        check::names(&definition, around, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut ready = Self {
            level: number_of(&fields, definition.level.as_deref()),
            act_on: number_of(&fields, definition.act_on.as_deref()),
            steps: Vec::new(),
            terms: Vec::new(),
            definition,
            fields,
        };
        ready.steps = ready.make_steps(around, &mut faults);
        if faults.is_empty() {
            ready.terms = ready.make_terms();
            check::course(&ready, &mut faults);
        }
        if faults.is_empty() { Ok(ready) } else { Err(faults) }
    }

    /// As it is written.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The number of a step; 0 for [`OPENED`].
    pub fn step(&self, id: &str) -> Option<u16> {
        if id == OPENED {
            return Some(0);
        }
        let at = self.definition.steps.iter().position(|step| step.id == id)?;
        u16::try_from(at + 1).ok()
    }

    /// A step by its number; none for the opening and beyond.
    pub fn step_at(&self, number: u16) -> Option<&Step> {
        self.definition.steps.get(usize::from(number).checked_sub(1)?)
    }

    /// The id of a step by its number.
    pub fn step_id(&self, number: u16) -> &str {
        self.step_at(number).map_or(OPENED, |step| &step.id)
    }

    /// The number of a state.
    pub fn state(&self, id: &str) -> Option<u16> {
        let at = self.definition.states.iter().position(|state| state.id == id)?;
        u16::try_from(at).ok()
    }

    /// A term by its number.
    pub fn term_at(&self, number: u16) -> Option<&TermRule> {
        self.definition.terms.get(usize::from(number))
    }

    /// The number of a field, by which entries name it.
    pub fn field(&self, name: &str) -> Option<u16> {
        number_of(&self.fields, Some(name))
    }

    /// The fields on which the course can depend, in the order of their numbers.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Option<&Type>)> {
        self.fields.iter().map(|(name, holds)| (name.as_str(), holds.as_ref()))
    }

    /// Whether terms follow from a field: its value decides how long one is or from when it runs. What
    /// else is asked for only guards ask.
    pub fn is_counted_by(&self, field: u16) -> bool {
        let of_term = |term: &ReadyTerm| {
            let until = |extension: &ReadyExtension| match extension.by {
                ReadyBy::Until(until) => until == field,
                ReadyBy::Limit(_) => false,
            };
            term.start_on == Some(field) || term.extended.iter().any(until)
        };
        [self.level, self.act_on].contains(&Some(field)) || self.terms.iter().any(of_term)
    }

    fn make_steps(&self, around: &Surroundings, faults: &mut Vec<Fault>) -> Vec<Ready> {
        let states = &self.definition.states;
        let opening = Ready {
            from: vec![false; states.len()],
            to: ReadyTo::State(0),
            guard: None,
            collective: None,
        };
        let mut ready = vec![opening];
        for (number, step) in self.definition.steps.iter().enumerate() {
            let from = states.iter().map(|state| match &step.from {
                Origin::Open => !state.end,
                Origin::States(some) => some.contains(&state.id),
            });
            let mut read = |text: &str| {
                let declared = declarations(&self.fields, step, &self.definition, around);
                let guard = declared.map_err(|fault| fault.to_string()).and_then(|declared| {
                    Guard::parse(text, &declared).map_err(|fault| fault.to_string())
                });
                guard
                    .map_err(|what| {
                        let (what, remedy) = what.split_once("; ").unwrap_or((&what, "correct it"));
                        let what = format!("the condition {text:?} of {}: {what}", step.id);
                        faults.push(Fault::new(At::Step(number), what, remedy));
                    })
                    .ok()
            };
            let guard = step.guard.as_ref().and_then(|guarded| read(&guarded.when));
            let collective = match &step.collective {
                Collective::When(text) => read(text),
                Collective::Never | Collective::Always => None,
            };
            ready.push(Ready {
                from: from.collect(),
                to: match &step.to {
                    To::Stay => ReadyTo::Stay,
                    To::Back => ReadyTo::Back,
                    To::State(id) => ReadyTo::State(self.state(id).unwrap_or_default()),
                },
                guard,
                collective,
            });
        }
        ready
    }

    fn make_terms(&self) -> Vec<ReadyTerm> {
        let steps = |ids: &[String]| ids.iter().filter_map(|id| self.step(id)).collect::<Vec<_>>();
        let extension = |extension: &Extension| {
            Some(ReadyExtension {
                step: self.step(&extension.step)?,
                by: match &extension.by {
                    crate::By::Limit(limit) => ReadyBy::Limit(limit.clone()),
                    crate::By::Until(field) => ReadyBy::Until(self.field(field)?),
                },
            })
        };
        let term = |rule: &TermRule| ReadyTerm {
            starts: steps(&rule.starts),
            start_on: rule.start_on.as_deref().and_then(|name| self.field(name)),
            is_backward: rule.backward,
            met_by: steps(&rule.met_by),
            lifted_by: steps(&rule.lifted_by),
            suspended: rule
                .suspended
                .iter()
                .map(|held| (held.event.clone(), steps(&held.from), steps(&held.to)))
                .collect(),
            extended: rule.extended.iter().filter_map(extension).collect(),
            take: match &rule.at_end {
                crate::AtEnd::Take(step) => self.step(step),
                crate::AtEnd::Remind | crate::AtEnd::Escalate => None,
            },
        };
        self.definition.terms.iter().map(term).collect()
    }
}

fn number_of(fields: &[(String, Option<Type>)], name: Option<&str>) -> Option<u16> {
    let name = name?;
    let at = fields.iter().position(|(other, _)| other == name)?;
    u16::try_from(at).ok()
}

/// What the guard of a step may speak of.
///
/// | | |
/// |---|---|
/// | `case.FIELD` | what was last said in a field, by the opening record or a step |
/// | `now.FIELD` | what the step itself says |
/// | `today`, `opened_on` | the day of the step; that on which the case was opened |
/// | `years(a, b)`, `days(a, b)`, `working_days(a, b)` | from one day to another |
/// | `law('ID')` | a parameter of law, at the level of the case |
/// | `done('STEP')`, `done_on('STEP')` | whether a step was taken; the day on which it last was |
/// | `overdue('TERM')` | whether a term has run out unmet |
/// | `over('TERM')` | whether it has run out at all, unmet or by itself, as a time of waiting does |
/// | `due('TERM')` | the last day of a term, as it last ran |
/// | `open('PROCEDURE')`, `outcome('PROCEDURE')` | whether a case under this one is open; the state in which the last one ended, or `none` |
fn declarations(
    fields: &[(String, Option<Type>)],
    step: &Step,
    definition: &Definition,
    around: &Surroundings,
) -> Result<Declarations, rules::DeclarationError> {
    let days = [Type::Date, Type::Date];
    let mut declared = Declarations::new()
        .variable("today", Type::Date)?
        .variable("opened_on", Type::Date)?
        .function("years", &days, Type::Decimal)?
        .function("days", &days, Type::Integer)?
        .function("working_days", &days, Type::Integer)?;
    for (name, holds) in fields {
        if let Some(holds) = holds {
            declared = declared.variable(&format!("case.{name}"), holds.clone())?;
        }
    }
    for field in &step.fields {
        if let Some(holds) = &field.holds {
            declared = declared.variable(&format!("now.{}", field.name), holds.clone())?;
        }
    }
    let parameters = around.parameters.iter();
    let parameters = parameters.filter_map(|p| Some((p.id.as_str(), p.holds.clone()?)));
    let steps = || definition.steps.iter().map(|step| step.id.as_str());
    let terms = || definition.terms.iter().map(|term| (term.id.as_str(), Type::Boolean));
    let procedures =
        |holds: Type| around.procedures.iter().map(move |id| (id.as_str(), holds.clone()));
    declared
        .lookup("law", "parameter of law", parameters)?
        .lookup("done", "step", steps().map(|id| (id, Type::Boolean)))?
        .lookup("done_on", "step", steps().map(|id| (id, Type::Date)))?
        .lookup("overdue", "term", terms())?
        .lookup("over", "term", terms())?
        .lookup("due", "term", terms().map(|(id, _)| (id, Type::Date)))?
        .lookup("open", "procedure", procedures(Type::Boolean))?
        .lookup("outcome", "procedure", procedures(Type::Text))
}
