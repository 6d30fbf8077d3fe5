//! Construction projects and the five parties that answer for them for life.

use std::sync::Arc;

use serde_json::json;
use stats::random::Random;

use super::Event;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::time::OFFICE;

/// The department that records projects.
const DEPARTMENT: &str = "420000-housing";

const SORTS: &[(&str, &str)] = &[
    ("housing", "住宅小区一期"),
    ("housing", "实验小学教学楼"),
    ("housing", "人民医院门诊楼"),
    ("municipal", "污水处理厂扩建"),
    ("municipal", "城市快速路改造"),
    ("highway", "县道改建"),
    ("industrial", "产业园标准厂房"),
    ("water", "泵站更新"),
];

impl Province {
    pub(super) fn plan_projects(&mut self, random: &mut Random) {
        let wanted = (self.size() * self.data.rates.project.each).max(1.0) as usize;
        let days = self.data.rates.period.days;
        for project in 0..wanted {
            let day = self.days.working_from(random.between(1, days - 30));
            self.follow(day, Event::Project { project, stage: 0 });
        }
    }

    /// A project is begun, goes on, is accepted; its parties follow from its number.
    pub(super) fn project(&mut self, day: i32, project: usize, stage: u8, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let party = |trade: &str, step: usize| {
            let all = data.trade(trade).map(|at| &world.by_trade[at])?;
            all.get((project * 7 + step) % all.len().max(1)).copied()
        };
        let parties = [
            ("builder", party("builder", 1)),
            ("surveyor", party("surveyor", 2)),
            ("designer", party("designer", 3)),
            ("contractor", party("contractor", 4)),
            ("supervisor", party("supervisor", 5)),
        ];
        let Some(builder) = parties[0].1 else { return };
        let region_at = world.organizations[builder].region;
        let region = &world.regions[region_at];
        let (sort, name) = SORTS[project % SORTS.len()];
        let (first, second) = (
            &data.names.first[project % data.names.first.len()],
            &data.names.second[(project / 3) % data.names.second.len()],
        );
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let area = 2_000.0 + (project % 37) as f64 * 900.0;
        let mut sheet = self
            .sheet("construction-project", region_at, happened)
            .office(DEPARTMENT)
            .subject("project", &format!("project:demo-{project:05}"))
            .say("name", format!("{}{first}{second}{name}{}", region.name, data.names.mark))
            .say("project_type", sort)
            .say("major", project.is_multiple_of(9))
            .money("investment", area * 4_200.0)
            .quantity("floor_area", area, "m2")
            .say("structure", *random.pick(&["框架", "剪力墙", "钢结构"]))
            .say("design_life_years", 50)
            .say("permit_no", format!("DEMO-SG-{project:05}"))
            .say("supervision_no", format!("DEMO-ZJ-{project:05}"));
        let mut persons = Vec::new();
        for (role, party) in parties {
            if let Some(party) = party {
                sheet = sheet.subject(role, &world.organizations[party].id);
                persons.push(json!({ "party": role, "name": self.person_name(random), "signed_on": date.to_string() }));
            }
        }
        sheet = sheet.person(&format!("pr-{project}"), json!({ "responsible_persons": persons }));
        sheet = match stage {
            0 => sheet.say("acceptance", "not-yet").date("started_on", date),
            _ => {
                let result = if project % 23 == 5 && stage == 1 { "failed" } else { "passed" };
                let sheet = sheet.say("acceptance", result).date("completed_on", date);
                if result == "passed" { sheet.date("accepted_on", date) } else { sheet }
            }
        };
        let at = self.written_at("other", happened, true, random);
        self.tell(DEPARTMENT, at, sheet, random);
        let failed = project % 23 == 5 && stage == 1;
        if stage == 0 || failed {
            let wait = if failed { 60.0 } else { 240.0 + 300.0 * random.unit() };
            let day = self.days.office_day_after(day, wait);
            self.follow(day, Event::Project { project, stage: stage + 1 });
        }
    }
}
