//! The controls of a form whose fields the pack says.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::page::ui::Escaped;

/// One value of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is said.
    pub label: String,
    /// Under which heading it stands; empty for none.
    pub group: String,
}

/// What is filled in, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A line of a type of HTML; the second is how a phone's keyboard is to be.
    Line(&'static str, &'static str),
    /// Several lines.
    Area,
    /// One of several.
    One(Vec<Choice>),
    /// One of several that all stand there, as somebody with a phone reads them.
    Pick(Vec<Choice>),
    /// Any of several: each is a box of its own.
    Any(Vec<Choice>),
    /// A number and its unit.
    Measured(Vec<Choice>),
    /// Rows of columns: the headings, and what each column is.
    Rows(Vec<(String, What)>, usize),
    /// A line with suggestions: what is sent, and what it is called.
    Suggested(Vec<Choice>),
}

/// A control with what stands in it.
#[derive(Debug)]
pub struct Control<'f> {
    /// The name under which it is sent.
    pub name: String,
    /// What it is.
    pub what: What,
    /// What stands in it, asked by name.
    pub form: &'f crate::page::form::Form,
    /// Ids of what describes it.
    pub described: String,
    /// Whether it is wrong.
    pub invalid: bool,
    /// Whether it must be filled.
    pub required: bool,
    /// What a choice of nothing is called.
    pub nothing: &'static str,
    /// The most characters.
    pub longest: Option<u32>,
}

impl HtmlSafe for Control<'_> {}

impl What {
    /// Whether it is several controls under one heading.
    pub fn is_group(&self) -> bool {
        matches!(self, Self::Any(_) | Self::Pick(_) | Self::Rows(..) | Self::Measured(_))
    }
}

/// The name of a box of several.
pub fn box_name(name: &str, value: &str) -> String {
    format!("{name}--{value}")
}

/// The name of a cell.
pub fn cell_name(name: &str, row: usize, column: usize) -> String {
    format!("{name}--{row}-{column}")
}

/// The name of the unit of a measured value.
pub fn unit_name(name: &str) -> String {
    format!("{name}--unit")
}

struct Options<'a>(&'a [Choice], &'a str);

impl fmt::Display for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = "";
        for Choice { value, label, group: of } in self.0 {
            if of != group {
                if !group.is_empty() {
                    f.write_str("</optgroup>")?;
                }
                if !of.is_empty() {
                    write!(f, "<optgroup label=\"{}\">", Escaped(of))?;
                }
                group = of;
            }
            let selected = if value == self.1 { " selected" } else { "" };
            let (value, label) = (Escaped(value), Escaped(label));
            write!(f, "<option value=\"{value}\"{selected}>{label}</option>")?;
        }
        if group.is_empty() { Ok(()) } else { f.write_str("</optgroup>") }
    }
}

impl Control<'_> {
    /// What every control of it has; `label` names one that no label stands beside.
    fn frame(&self, f: &mut fmt::Formatter<'_>, name: &str, label: &str) -> fmt::Result {
        write!(f, " id=\"f-{0}\" name=\"{0}\"", Escaped(name))?;
        if !label.is_empty() {
            write!(f, " aria-label=\"{}\"", Escaped(label))?;
        }
        if self.invalid {
            f.write_str(" aria-invalid=\"true\"")?;
        }
        if !self.described.is_empty() {
            write!(f, " aria-describedby=\"{}\"", Escaped(&self.described))?;
        }
        Ok(())
    }

    fn one(
        &self,
        f: &mut fmt::Formatter<'_>,
        what: &What,
        name: &str,
        label: &str,
        required: bool,
    ) -> fmt::Result {
        let value = self.form.value(name);
        let invalid = if self.invalid { " is-invalid" } else { "" };
        let needed = if required { " required" } else { "" };
        match what {
            What::Area => {
                write!(f, "<textarea class=\"area{invalid}\"")?;
                self.frame(f, name, label)?;
                if let Some(longest) = self.longest {
                    write!(f, " maxlength=\"{longest}\"")?;
                }
                write!(f, "{needed}>\n{}</textarea>", Escaped(value))
            }
            What::One(choices) | What::Any(choices) | What::Measured(choices) => {
                write!(f, "<select class=\"select{invalid}\"")?;
                self.frame(f, name, label)?;
                write!(f, "{needed}><option value=\"\">{}</option>", Escaped(self.nothing))?;
                write!(f, "{}</select>", Options(choices, value))
            }
            What::Line(kind, keyboard) => {
                write!(f, "<input class=\"input{invalid}\" type=\"{kind}\" autocomplete=\"off\"")?;
                if !keyboard.is_empty() {
                    write!(f, " inputmode=\"{keyboard}\"")?;
                }
                self.frame(f, name, label)?;
                if let Some(longest) = self.longest {
                    write!(f, " maxlength=\"{longest}\"")?;
                }
                write!(f, "{needed} value=\"{}\">", Escaped(value))
            }
            What::Suggested(choices) => {
                write!(f, "<input class=\"input{invalid}\" autocomplete=\"off\"")?;
                self.frame(f, name, label)?;
                if choices.is_empty() {
                    return write!(f, "{needed} value=\"{}\">", Escaped(value));
                }
                let name = Escaped(name);
                write!(f, "{needed} list=\"l-{name}\" value=\"{}\">", Escaped(value))?;
                write!(f, "<datalist id=\"l-{name}\">{}</datalist>", Options(choices, ""))
            }
            // What is large does not stand in rows.
            What::Rows(..) | What::Pick(_) => Ok(()),
        }
    }
}

impl fmt::Display for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Any(choices) => {
                f.write_str("<div class=\"boxes\">")?;
                for Choice { value, label, .. } in choices {
                    let name = box_name(&self.name, value);
                    let checked = if self.form.value(&name).is_empty() { "" } else { " checked" };
                    write!(
                        f,
                        "<label class=\"box\"><input type=\"checkbox\" value=\"on\"{checked}"
                    )?;
                    self.frame(f, &name, "")?;
                    write!(f, "> {}</label>", Escaped(label))?;
                }
                f.write_str("</div>")
            }
            What::Pick(choices) => {
                f.write_str("<div class=\"choices\">")?;
                let (name, chosen) = (Escaped(&self.name), self.form.value(&self.name));
                let needed = if self.required { " required" } else { "" };
                for Choice { value, label, .. } in choices {
                    let checked = if value == chosen { " checked" } else { "" };
                    let (value, label) = (Escaped(value), Escaped(label));
                    write!(
                        f,
                        "<label class=\"choice\"><input type=\"radio\" name=\"{name}\" \
                         value=\"{value}\"{checked}{needed}><b>{label}</b></label>"
                    )?;
                }
                f.write_str("</div>")
            }
            What::Measured(_) => {
                f.write_str("<div class=\"measured\">")?;
                let number = What::Line("text", "decimal");
                self.one(f, &number, &self.name, self.nothing, self.required)?;
                let unit = unit_name(&self.name);
                self.one(f, &self.what, &unit, self.nothing, self.required)?;
                f.write_str("</div>")
            }
            What::Rows(columns, rows) => {
                f.write_str("<div class=\"table-wrap\" tabindex=\"0\"><table class=\"table table-tight table-form\"><thead><tr>")?;
                for (head, _) in columns {
                    write!(f, "<th scope=\"col\">{}</th>", Escaped(head))?;
                }
                f.write_str("</tr></thead><tbody>")?;
                for row in 0..*rows {
                    f.write_str("<tr>")?;
                    for (column, (head, what)) in columns.iter().enumerate() {
                        f.write_str("<td>")?;
                        let label = format!("{head} {}", row + 1);
                        let name = cell_name(&self.name, row, column);
                        match what {
                            What::Measured(_) => {
                                f.write_str("<div class=\"measured\">")?;
                                let number = What::Line("text", "decimal");
                                self.one(f, &number, &name, &label, false)?;
                                self.one(f, what, &unit_name(&name), &label, false)?;
                                f.write_str("</div>")?;
                            }
                            what => self.one(f, what, &name, &label, false)?,
                        }
                        f.write_str("</td>")?;
                    }
                    f.write_str("</tr>")?;
                }
                f.write_str("</tbody></table></div>")
            }
            what => self.one(f, what, &self.name, "", self.required),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::form::Form;

    fn choice(value: &str, group: &str) -> Choice {
        Choice { value: value.to_owned(), label: format!("<{value}>"), group: group.to_owned() }
    }

    fn control(what: What, form: &Form) -> String {
        let control = Control {
            name: "in-a".to_owned(),
            what,
            form,
            described: String::new(),
            invalid: false,
            required: true,
            nothing: "-",
            longest: Some(9),
        };
        control.to_string()
    }

    #[test]
    fn what_was_filled_in_stands_in_it_and_is_never_markup() {
        let sent = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = Form::kept(vec![sent("in-a", "\"><b>"), sent("in-a--y", "on")]);
        let line = control(What::Line("text", ""), &form);
        assert!(line.contains("value=\"&#34;&#62;&#60;b&#62;\"") && line.contains(" required"));
        let boxes = control(What::Any(vec![choice("x", ""), choice("y", "")]), &form);
        assert_eq!(boxes.matches(" checked").count(), 1, "{boxes}");
        assert!(boxes.contains("&#60;x&#62;"), "{boxes}");
        let one = control(What::One(vec![choice("x", "g"), choice("y", "h")]), &form);
        assert_eq!(one.matches("<optgroup").count(), one.matches("</optgroup>").count());
        let rows = control(What::Rows(vec![("h".to_owned(), What::Line("date", ""))], 2), &form);
        assert_eq!(rows.matches("<input").count(), 2, "{rows}");
    }
}
