//! A file of records as a job.

use std::fs::File;
use std::io::BufWriter;

use codes::Label;

use super::{Asked, Exporting};
use crate::fault::Rejection;
use crate::job::{Order, Outcome, Progress, Said, Step, Work, file_fault};

/// A file that is being written.
pub struct Export {
    asked: Asked,
    name: String,
    exporting: Option<Exporting<BufWriter<File>>>,
}

impl Work for Export {
    const KIND: &'static str = "export";
    type Parameters = Asked;
    /// A file is begun anew: it says the same, for the moment that it is of is fixed.
    type Checkpoint = ();

    fn label(asked: &Asked) -> Label {
        let (kind, form) = (&asked.kind, &asked.format);
        Label { zh: format!("导出 {kind}（{form}）"), en: format!("Export of {kind} ({form})") }
    }

    fn resource(_: &Asked) -> Option<String> {
        Some("export".to_owned())
    }

    async fn begin(order: &Order, asked: Asked, _: Option<()>) -> Result<Self, Rejection> {
        let name = format!("{}.{}", asked.kind, asked.format);
        let file = File::create(order.path(&name)?).map_err(|e| file_fault(&e))?;
        let out = BufWriter::with_capacity(1 << 20, file);
        let exporting = order.system.begin_export(&order.who, asked.clone(), out).await?;
        Ok(Self { asked, name, exporting: Some(exporting) })
    }

    async fn step(&mut self, order: &Order) -> Result<Step<()>, Rejection> {
        let Some(exporting) = &mut self.exporting else {
            return Ok(Step::Done(Progress::default(), Outcome::default()));
        };
        let rows = exporting.rows();
        if let Some(done) = exporting.step().await? {
            return Ok(Step::More(Progress { done, total: Some(rows), faults: 0 }, ()));
        }
        let Some(exporting) = self.exporting.take() else {
            return Ok(Step::Done(Progress::default(), Outcome::default()));
        };
        let (_, written) = exporting.finish()?;
        let form = self.asked.form()?;
        let personal = self.asked.personal;
        let file = order.finished(&self.name, form.media(), Some(rows), personal).await?;
        let mut said = vec![Said::new("行数", "Rows", written.rows)];
        if written.sheets > 1 {
            said.push(Said::new("工作表数", "Sheets", written.sheets));
        }
        if written.cut > 0 {
            said.push(Said::new(
                "超出单元格长度而截短",
                "Texts cut to the length of a cell",
                written.cut,
            ));
        }
        if !self.asked.purpose.is_empty() {
            said.push(Said::new("用途", "Purpose", &self.asked.purpose));
        }
        let progress = Progress { done: rows, total: Some(rows), faults: 0 };
        Ok(Step::Done(progress, Outcome { said, files: vec![file], ..Outcome::default() }))
    }
}
