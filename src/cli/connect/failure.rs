//! What to do when connecting fails: in terms of the flags, as there is no profile yet that could be corrected.

use crate::cli::error::CliError;
use crate::config::settings::Profile;
use crate::crm::CrmError;

/// The address, the way out or the authorities cannot be used as they were given.
pub fn of_the_address(error: CrmError) -> CliError {
    let hint = "correct --url, --proxy or --ca-file, whichever it names; nothing was written";
    CliError::from(error).hint(hint)
}

/// The CRM cannot be reached, or not with this token.
pub fn in_terms_of_flags(error: CrmError, asked: &Profile) -> CliError {
    let token = token_flag(asked);
    let hint = match &error {
        CrmError::Setup(_) | CrmError::NoToken(_) => {
            format!("correct {token}, where the token comes from; nothing was written")
        }
        CrmError::Authentication { .. } => {
            format!("make a new key in the CRM and give it with {token}; nothing was written")
        }
        CrmError::Unreachable { .. } | CrmError::Trouble { .. } | CrmError::Unanswered { .. } => {
            "check the network, and --url, --proxy and --ca-file; nothing was written".to_owned()
        }
        CrmError::Elsewhere { .. } | CrmError::BadAnswer { .. } | CrmError::Refused { .. } => {
            "check that --url is the address of the CRM's API; nothing was written".to_owned()
        }
        CrmError::RateLimited { .. } => {
            "connect again later, or wait longer with --within SECONDS; nothing was written".to_owned()
        }
        CrmError::MissingScope { .. } => return error.into(),
    };
    CliError::from(error).hint(hint)
}

fn token_flag(asked: &Profile) -> &'static str {
    if asked.token_command.is_some() {
        "--token-command"
    } else if asked.token_file.is_some() {
        "--token-file"
    } else if asked.token_env.is_some() {
        "--token-env"
    } else {
        "--keyring"
    }
}
