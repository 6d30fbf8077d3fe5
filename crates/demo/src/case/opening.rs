//! What opens cases beside letters and clues: orders to sample, defects, denials, applications.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Draft;
use stats::random::Random;

use super::fill::Fill;
use super::{CourseLine, Opened, TRIES};
use crate::draw::Draw as _;
use crate::province::{Act, Province, new_id};
use crate::time::{Busy, OFFICE};

/// A case that is to be opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewCase {
    pub(crate) procedure: String,
    /// The course, where it is to be that one.
    pub(crate) course: Option<String>,
    /// Where it lies: the place of the region.
    pub(crate) region: usize,
    /// Who and what takes part, by role.
    pub(crate) roles: BTreeMap<String, String>,
    /// What the record that opens it says beside what the course does.
    pub(crate) says: toml::Table,
    /// Whether it is the one to begin with.
    pub(crate) is_story: bool,
}

impl Province {
    /// The cases that are opened on a day.
    pub(crate) fn cases(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let rates = &data.rates.case;
        for (procedure, each_year) in &rates.opened {
            for _ in 0..self.come(*each_year, busy.office, random) {
                let Some(case) = self.some_case(day, procedure, random) else { continue };
                self.open_case(day, case, random);
            }
        }
    }

    /// Who and what a case of a procedure may be about.
    fn some_case(&self, day: i32, procedure: &str, random: &mut Random) -> Option<NewCase> {
        let wants_food = procedure.ends_with("food");
        let wanted = |at: &usize| match procedure {
            "recall-car" => self.trade_of(*at).id == "car-part",
            "authenticity-check" | "repair" => true,
            _ => self.trade_of(*at).is_food() == wants_food,
        };
        let makers = &self.world.makers;
        // Of whom the story says that nothing ever fails, no case tells otherwise.
        let can_fail = |at: &usize| self.world.organizations[*at].fails.is_none_or(|f| f > 0.0);
        let mut tries = (0..60).filter_map(|_| self.some_open(makers, day, random));
        let maker = tries.find(|at| wanted(at) && can_fail(at))?;
        drop(tries);
        let is_sampling = procedure.starts_with("sampling");
        let seller = match is_sampling && random.happens(0.7) {
            true => self.some_open(&self.world.sellers, day, random),
            false => None,
        };
        self.case_about(day, procedure, maker, seller, random)
    }

    /// A case about a product of a maker, found at a seller.
    pub(crate) fn case_about(
        &self,
        day: i32,
        procedure: &str,
        maker: usize,
        seller: Option<usize>,
        random: &mut Random,
    ) -> Option<NewCase> {
        let world = &self.world;
        let product = &world.products[self.product_of(maker, random)?];
        let (lot, _) = self.lot(day, random);
        let laboratories = &world.of_laboratory;
        let (first, second) = (random.place(laboratories.len().max(1)), laboratories.len());
        let laboratory = |at: usize| Some(world.organizations[laboratories.get(at)?.0].id.clone());
        let maker_id = world.organizations[maker].id.clone();
        let inspected = seller.unwrap_or(maker);
        let mut roles = BTreeMap::new();
        for role in ["maker", "nominal_maker", "respondent", "offender", "organization"] {
            roles.insert(role.to_owned(), maker_id.clone());
        }
        roles.insert("inspected".to_owned(), world.organizations[inspected].id.clone());
        if let Some(seller) = seller {
            roles.insert("seller".to_owned(), world.organizations[seller].id.clone());
        }
        roles.insert("product".to_owned(), product.id());
        let sort = match (procedure, self.trade_of(maker).is_food()) {
            ("recall-car", _) => "car",
            (_, true) => "food",
            (_, false) => "consumer",
        };
        roles.insert("recall_sort".to_owned(), sort.to_owned());
        roles.insert("lot".to_owned(), product.lot(&lot));
        let found = [("laboratory", first), ("laboratory2", (first + 1) % second.max(1))];
        for (role, at) in found {
            roles.insert(role.to_owned(), laboratory(at)?);
        }
        let at = if procedure.starts_with("sampling") { inspected } else { maker };
        let mut says = toml::Table::new();
        for name in ["product_scope", "defect"] {
            let text = format!("{}批次{lot}{}", product.name, self.data.names.mark);
            says.insert(name.to_owned(), text.into());
        }
        Some(NewCase {
            procedure: procedure.to_owned(),
            region: world.organizations[at].region,
            roles,
            says,
            ..NewCase::default()
        })
    }

    /// The record that opens a case comes in, and the case goes its way.
    pub(crate) fn open_case(&mut self, day: i32, case: NewCase, random: &mut Random) {
        let courses = Arc::clone(&self.ground.courses);
        for _ in 0..TRIES {
            let course = match &case.course {
                Some(id) => courses.named(&case.procedure, id),
                None => courses.draw(&case.procedure, random),
            };
            let Some(course) = course else { return };
            let Some((opened, by)) = self.opening(day, &case, &course, random) else { return };
            self.as_written = case.is_story;
            let planned = self.plan(&case.procedure, &course, &opened, random);
            self.as_written = false;
            let Some(planned) = planned else { continue };
            if case.is_story {
                self.story_case = Some(opened.id);
            }
            self.put(Act::Record { at: opened.at, by, account: None, draft: opened.draft });
            return self.put_all(planned.acts);
        }
    }

    /// The record that opens a case, and who sends it.
    fn opening(
        &mut self,
        day: i32,
        case: &NewCase,
        course: &CourseLine,
        random: &mut Random,
    ) -> Option<(Opened, String)> {
        let (pack, world) = (Arc::clone(&self.pack), Arc::clone(&self.world));
        let known = pack.procedure(&case.procedure)?;
        let kind = pack.kind(&known.engine.definition().opens_with)?;
        let region = &world.regions[case.region];
        let at = self.days.at(self.days.working_from(day), OFFICE, random);
        let date = at.day_in_china();
        let serial = self.number("case", case.region, date);
        let serial = format!("{}案〔{}〕{serial:05}", region.short, date.year());
        let mut says = case.says.clone();
        says.extend(course.opening.clone());
        let fill = Fill {
            pack: &pack,
            at,
            roles: &case.roles,
            region: &region.code,
            mark: &self.data.names.mark,
            number: &serial,
            case: None,
            before: &|_| None,
        };
        let (open, personal) = fill.form(&kind.fields, &says, |_| false);
        let mut draft = Draft { open, ..self.sheet(&kind.id, case.region, at).0 };
        draft.id = Some(new_id(at, random));
        draft.office = Some(region.code.clone());
        for role in kind.subjects.iter().map(|subject| &subject.role) {
            if let Some(Ok(id)) = case.roles.get(role).map(|id| id.parse()) {
                draft.subjects.push(model::Subject { role: role.clone(), id });
            }
        }
        if !personal.is_empty() {
            self.persons += 1;
            let person = format!("a-{}", self.persons);
            draft.personal.push(model::PersonalPart { person, fields: personal });
        }
        let is_own = matches!(kind.id.as_str(), "product-denial" | "credit-repair");
        let party = case.roles.get("nominal_maker").or(case.roles.get("organization"));
        let party = party.filter(|_| is_own);
        let by = party.cloned().unwrap_or_else(|| region.code.clone());
        let opened = Opened { id: draft.id?, at, draft, roles: case.roles.clone() };
        Some((opened, by))
    }
}
