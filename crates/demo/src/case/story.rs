//! The case to begin with: one lot of sausages, from the shop where it is sampled to the end of what is
//! published, as one case with others under it.

use stats::random::Random;

use super::NewCase;
use crate::draw::Draw as _;
use crate::events::Event;
use crate::look::Sight;
use crate::province::Province;

/// The line of the chains whose lot it is; it reaches back to the field.
const LINE: &str = "sausage";
/// The course that it takes.
const COURSE: &str = "story";
/// How the random numbers of the story are told from all others.
const STREAM: u64 = 0x5354_4f52_5943_4153;

impl Province {
    /// Plans it for the first lot of its line that is young enough to be told of to its end.
    pub(crate) fn plan_story_case(
        &mut self,
        day: i32,
        line: &str,
        maker: usize,
        gtin: &str,
        lot: &str,
    ) {
        let story = &self.data.story.case;
        let begins = self.data.rates.period.days - story.days_before_end;
        if line != LINE || day < begins || self.story_planned {
            return;
        }
        self.story_planned = true;
        let mut random = Random::stream(self.seed(), STREAM);
        let region = self.world.regions.iter().position(|region| region.code == story.region);
        let here = |at: &usize| Some(self.world.organizations[*at].region) == region;
        let stays = |at: &usize| self.world.organizations[*at].closes == i32::MAX;
        let sellers: Vec<usize> =
            self.world.sellers.iter().copied().filter(here).filter(stays).collect();
        // In a small province there may be no shop there.
        let seller = match sellers.is_empty() {
            true => *random.pick(&self.world.sellers),
            false => *random.pick(&sellers),
        };
        let region = self.world.organizations[seller].region;
        let organization = |at: usize| self.world.organizations[at].id.clone();
        let mut roles = std::collections::BTreeMap::new();
        for role in ["maker", "nominal_maker", "respondent", "offender", "organization"] {
            roles.insert(role.to_owned(), organization(maker));
        }
        for role in ["inspected", "seller"] {
            roles.insert(role.to_owned(), organization(seller));
        }
        roles.insert("product".to_owned(), format!("gtin:{}", gtin.trim_start_matches('0')));
        roles.insert("lot".to_owned(), lot.to_owned());
        roles.insert("recall_sort".to_owned(), "food".to_owned());
        for (role, at) in [("laboratory", 0), ("laboratory2", 1)] {
            let laboratories = &self.world.of_laboratory;
            if let Some((at, _)) = laboratories.get(at % laboratories.len().max(1)) {
                roles.insert(role.to_owned(), organization(*at));
            }
        }
        let mut says = toml::Table::new();
        says.insert("product_scope".to_owned(), story.product.clone().into());
        let case = NewCase {
            procedure: "sampling-food".to_owned(),
            course: Some(COURSE.to_owned()),
            region,
            roles,
            says,
            is_story: true,
        };
        let day = self.days.working_from(day + story.days_to_the_shop);
        self.follow(day, Event::Case(Box::new(case)));
    }

    /// Where to begin.
    pub(crate) fn case_sights(&self) -> Vec<Sight> {
        let Some(id) = self.story_case else { return Vec::new() };
        let story = &self.data.story.case;
        vec![Sight {
            zh: story.zh.clone(),
            en: story.en.clone(),
            subject: Some(id.to_string()),
            name: format!("{}{}", story.product, self.data.names.mark),
        }]
    }
}
