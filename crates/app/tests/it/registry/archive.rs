//! The archive of a subject as of any time.

use app::reading::When;

use super::samples::{OTHER, STEEL, ids, name, organization, visit};
use crate::support::{day, on_both, with};

#[test]
fn what_holds_is_the_newest_of_what_had_happened() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &organization(STEEL, "华中钢铁公司", 10)).unwrap();
        let moved = with(organization(STEEL, "武汉钢铁公司", 20), "/region", "420202");
        home.send(&system, &moved).unwrap();
        let known = home.size(&system);
        // What is told later of what happened earlier is history at once.
        let told_late = organization(STEEL, "汉阳铁厂", 5);
        home.send(&system, &told_late).unwrap();
        let ended = with(organization(STEEL, "武汉钢铁公司", 30), "/open/status", "cancelled");
        home.send(&system, &ended).unwrap();
        let at = |minute: u64, known: Option<u64>| {
            let valid = Some(day(minute).parse().unwrap());
            let known = known.or(Some(home.size(&system)));
            home.archive_when(&system, STEEL, When { valid, known })
        };
        assert_eq!(name(&at(4, None)), "");
        assert_eq!(name(&at(7, None)), "汉阳铁厂");
        assert_eq!(name(&at(7, Some(known))), "");
        assert_eq!(name(&at(15, None)), "华中钢铁公司");
        assert_eq!(name(&at(25, None)), "武汉钢铁公司");
        let now = home.archive(&system, STEEL);
        assert_eq!(now.registrations[0].open["status"], "cancelled");
        assert_eq!(now.registrations.len(), 4, "history stays whole");
        assert_eq!((ids(&now), now.sort.as_deref()), (vec![STEEL], Some("organization")));
        assert_eq!(now.kinds, [("organization".to_owned(), Some(4))]);
        assert_eq!(now.months, [((2024, 3), 4)]);
    });
}

#[test]
fn a_subject_that_nobody_registered_has_an_archive_too() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &visit(1, OTHER)).unwrap();
        let archive = home.archive(&system, OTHER);
        assert_eq!((archive.page.records.len(), archive.registrations.len()), (1, 0));
        assert_eq!(archive.sort.as_deref(), Some("organization"));
        let nobody = home.archive(&system, "uscc:nobody");
        assert!(nobody.page.records.is_empty() && nobody.sort.is_none());
        assert_eq!(ids(&nobody), ["uscc:nobody"]);
    });
}
