//! A token from a program: an argument list, a process group of its own, no stdin, a time and a size limit.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{MOST_BYTES, SecretError};

/// Longest run of a token command.
pub const LONGEST: Duration = Duration::from_secs(10);

/// How often a program that has closed its output is looked at until it is gone.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs the program and gives what it printed, at most one byte more than is allowed. It inherits the environment but
/// for the variables that hold tokens, of whatever profile.
pub fn run(words: &[String], secrets: &[String], longest: Duration) -> Result<Vec<u8>, SecretError> {
    let program = words.first().map_or("", String::as_str);
    let failed = |reason: String| SecretError::Command {
        program: program.to_owned(),
        reason,
    };
    let deadline = Instant::now() + longest;
    let mut command = Command::new(program);
    for variable in secrets {
        command.env_remove(variable);
    }
    let mut child = command
        .args(words.iter().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let output = read_output(&mut child, longest);
    let ended = output
        .is_some()
        .then(|| wait_until(&mut child, deadline))
        .flatten();
    // The group goes too: what the program left behind must not outlive the question.
    end_group(&child);
    if ended.is_none() {
        let _ = child.wait();
    }
    match (output, ended) {
        (Some(bytes), _) if bytes.len() > MOST_BYTES => Err(SecretError::TooLong),
        (Some(bytes), Some(status)) if status.success() => Ok(bytes),
        (Some(_), Some(status)) => Err(failed(format!("failed ({status})"))),
        _ => {
            let tenths = (longest.as_secs_f32() * 10.0).round();
            Err(failed(format!("did not end within {} s", tenths / 10.0)))
        }
    }
}

/// Everything up to the limit, or `None` when the program still holds its output open after that long.
fn read_output(child: &mut Child, longest: Duration) -> Option<Vec<u8>> {
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver.recv_timeout(longest).ok()?.ok()
}

fn wait_until(child: &mut Child, deadline: Instant) -> Option<std::process::ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(LOOK_EVERY),
            _ => return None,
        }
    }
}

fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
