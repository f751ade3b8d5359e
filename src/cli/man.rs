//! `retain man`: the manual page.

use super::context::Context;
use super::error::CliError;
use super::flags;

/// Every field of every answer with its type and meaning; a test holds it against what the commands answer.
const JSON_FIELDS: &str = include_str!("json_fields.txt");

/// Print the manual page
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Read it with `retain man | man -l -`.")]
pub struct Args {}

/// Prints the manual page of the whole program, one section per subcommand.
pub fn run(_: &Args, context: &Context) -> Result<(), CliError> {
    let mut page = Vec::new();
    let command = flags::command_without_help();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        clap_mangen::Man::new(subcommand.clone()).render(&mut page)?;
    }
    page.extend_from_slice(json_fields().as_bytes());
    context.output.raw(&page)
}

/// The section about the fields of `--json`, as it stands in the manual page's own language.
fn json_fields() -> String {
    let fields = JSON_FIELDS.replace('\\', "\\e").replace('-', "\\-");
    let mut blocks = fields.split("\n\n");
    let head = blocks.next().unwrap_or_default();
    let mut page = format!(".SH \"FIELDS OF \\-\\-json\"\n{head}\n");
    for block in blocks {
        let (name, fields) = block.split_once('\n').unwrap_or((block, ""));
        page.extend([".SS \"", name, "\"\n"]);
        for field in fields.lines() {
            let (name, meaning) = field.trim_start().split_once(": ").unwrap_or((field, ""));
            page.extend([".TP\n\\fB", name, "\\fR\n", meaning, "\n"]);
        }
    }
    page
}
