//! The menu of the console: four wings of the decision, then society, assessment and the system.
//!
//! A page that is made gets its line here; a test walks the lines and opens each.

use super::Page;
use super::words::Words;

/// A line of the menu.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Where it leads.
    pub path: &'static str,
    /// Its words.
    pub label: fn(&Words) -> &'static str,
    /// The permissions of which one is needed, with spaces between them; empty for all who are
    /// logged in.
    pub needs: &'static str,
    /// Where the pages behind it are, if elsewhere.
    pub behind: &'static [&'static str],
}

impl Item {
    /// Whether whoever is logged in may follow it.
    pub fn is_shown(&self, page: &Page) -> bool {
        let visitor = page.visitor.as_deref();
        self.needs.is_empty()
            || visitor.is_some_and(|visitor| self.needs.split(' ').any(|p| visitor.may(p)))
    }

    /// Whether the page is this line's, or one behind it.
    pub fn is_here(&self, page: &Page) -> bool {
        page.is_under(self.path) || self.behind.iter().any(|path| page.is_under(path))
    }
}

/// A part of the menu.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Its id in addresses.
    pub id: &'static str,
    /// Its words.
    pub label: fn(&Words) -> &'static str,
    /// Its picture.
    pub icon: &'static str,
    /// Its lines.
    pub items: &'static [Item],
    /// Whether a line is drawn above it.
    pub apart: bool,
}

impl Group {
    /// Where its overview is.
    pub fn path(&self) -> String {
        format!("/console/wings/{}", self.id)
    }

    /// Its lines that whoever is logged in may follow.
    pub fn shown<'p>(&self, page: &'p Page) -> impl Iterator<Item = &'static Item> + use<'p> {
        self.items.iter().filter(move |item| item.is_shown(page))
    }

    /// Whether the page is one of this part.
    pub fn is_open(&self, page: &Page) -> bool {
        page.is_under(&self.path()) || self.items.iter().any(|item| item.is_here(page))
    }
}

/// Permissions to write records with which cases begin.
const OPENS: &str = "inspection.order clue.report defect.report denial.submit repair.apply";

/// Above all parts.
pub const FIRST: &[(Item, &str)] = &[
    (Item { path: "/console", label: |w| w.menu.workbench, needs: "", behind: &[] }, "home"),
    (
        Item {
            path: "/console/work",
            label: |w| w.work.title,
            needs: "archive.view",
            behind: &["/console/cases"],
        },
        "clock",
    ),
    (Item { path: "/console/new", label: |w| w.opening.title, needs: OPENS, behind: &[] }, "plus"),
];

/// The parts.
pub const GROUPS: &[Group] = &[
    Group {
        id: "responsibility",
        label: |w| w.menu.responsibility,
        icon: "chain",
        items: &[Item {
            path: "/console/trace",
            label: |w| w.trace.menu,
            needs: "trace.read archive.view",
            behind: &[],
        }],
        apart: true,
    },
    Group {
        id: "supervision",
        label: |w| w.menu.supervision,
        icon: "radar",
        items: &[],
        apart: false,
    },
    Group {
        id: "credit",
        label: |w| w.menu.credit,
        icon: "star",
        items: &[
            Item {
                path: "/console/search",
                label: |w| w.subjects.menu,
                needs: "",
                behind: &["/console/archive", "/console/records"],
            },
            Item {
                path: "/console/doubles",
                label: |w| w.doubles.menu,
                needs: "registry.record",
                behind: &[],
            },
        ],
        apart: false,
    },
    Group { id: "technical", label: |w| w.menu.technical, icon: "tool", items: &[], apart: false },
    Group { id: "society", label: |w| w.menu.society, icon: "people", items: &[], apart: true },
    Group {
        id: "assurance",
        label: |w| w.menu.assurance,
        icon: "target",
        items: &[Item {
            path: "/console/reports",
            label: |w| w.reports.title,
            needs: "archive.view",
            behind: &[],
        }],
        apart: false,
    },
    Group {
        id: "system",
        label: |w| w.menu.system,
        icon: "gear",
        items: &[
            Item {
                path: "/console/system/people",
                label: |w| w.people.title,
                needs: "account.manage account.unlock role.assign audit.read",
                behind: &[],
            },
            Item {
                path: "/console/system/offices",
                label: |w| w.people.offices,
                needs: "",
                behind: &[],
            },
            Item {
                path: "/console/system/roles",
                label: |w| w.people.roles,
                needs: "",
                behind: &[],
            },
            Item {
                path: "/console/system/audit",
                label: |w| w.people.audit,
                needs: "audit.read",
                behind: &[],
            },
            Item {
                path: "/console/exports",
                label: |w| w.exports.title,
                needs: "export.run",
                behind: &[],
            },
            Item {
                path: "/console/imports",
                label: |w| w.imports.title,
                needs: "import.run",
                behind: &[],
            },
            Item { path: "/console/system/jobs", label: |w| w.jobs.title, needs: "", behind: &[] },
            Item { path: "/console/system/pack", label: |w| w.people.pack, needs: "", behind: &[] },
        ],
        apart: false,
    },
];
